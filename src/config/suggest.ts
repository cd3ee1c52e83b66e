/** Limit: longer names are not compared; the table of distances grows with the product of the lengths. */
const comparedChars = 64;

/** Edits (insert, delete, replace, swap neighbours) that turn one text into the other. */
function toDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && isSwap) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}

/** The known name that a wrong one was probably meant to be, or null when none is near. */
export function findNearest(wrong: string, known: Iterable<string>): string | null {
  if (wrong.length > comparedChars) return null;
  // One edit in short names, a third of the letters in long ones: beyond that the guess confuses.
  const allowed = Math.max(1, Math.floor(wrong.length / 3));
  let nearest: string | null = null;
  let nearestDistance = allowed + 1;
  for (const name of known) {
    if (Math.abs(name.length - wrong.length) > allowed) continue;
    const distance = toDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < nearestDistance) {
      nearest = name;
      nearestDistance = distance;
    }
  }
  return nearest;
}

/** Names shown in a remedy; a list of all models of a host would bury the advice. */
const shownNames = 12;

/** The remedy for a wrong name: the near one, or what there is. */
export function toNameRemedy(wrong: string, known: Iterable<string>): string {
  const names = [...known];
  const nearest = findNearest(wrong, names);
  if (nearest !== null) return `Did you mean "${nearest}"?`;
  if (names.length === 0) return 'There is none yet; add one first';
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : '';
  return `Use one of: ${names.slice(0, shownNames).join(', ')}${more}`;
}
