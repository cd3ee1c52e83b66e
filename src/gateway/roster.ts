/**
 * Things that are under way now. A `Set` would do, but its tables are rebuilt every few deletions, and each
 * old table keeps what was in it alive until the next full collection: with calls coming and going, a third
 * of all finished calls survived every minor collection that way, which was most of the collector's work.
 */
export class Roster<Item> {
  readonly #slots: (Item | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** Takes the item in and returns its place. */
  add(item: Item): number {
    const place = this.#free.pop();
    if (place === undefined) return this.#slots.push(item) - 1;
    this.#slots[place] = item;
    return place;
  }

  /** Lets the item go; false when it is not at this place (any more). */
  remove(place: number, item: Item): boolean {
    if (this.#slots[place] !== item) return false;
    this.#slots[place] = null;
    this.#free.push(place);
    return true;
  }

  /** Everything that is in now. */
  items(): readonly Item[] {
    return this.#slots.filter((item) => item !== null);
  }
}
