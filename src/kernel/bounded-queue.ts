/** A first-in first-out queue that refuses what does not fit. */
export interface BoundedQueue<Item> {
  /** False when full; the item was not taken. */
  push(item: Item): boolean;
  /** Takes up to `count` items from the front. */
  take(count: number): Item[];
  readonly size: number;
  readonly capacity: number;
}

/** Creates a queue of at most `capacity` items. */
export function createBoundedQueue<Item>(capacity: number): BoundedQueue<Item> {
  let items: Item[] = [];
  let head = 0;
  return {
    push(item) {
      if (items.length - head >= capacity) return false;
      items.push(item);
      return true;
    },
    take(count) {
      const taken = items.slice(head, head + count);
      head += taken.length;
      // The consumed front is dropped in one go; shifting one by one is quadratic on long queues.
      if (head === items.length || head > 4096) {
        items = items.slice(head);
        head = 0;
      }
      return taken;
    },
    get size() {
      return items.length - head;
    },
    capacity,
  };
}
