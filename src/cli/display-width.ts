/** Blocks that terminals draw two columns wide: East Asian scripts and their punctuation. First and last of each. */
const wideBlocks: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

/** Emoji, and characters that a selector turns into one. */
const emoji = /\p{Emoji_Presentation}|\ufe0f/u;

function isWide(segment: string): boolean {
  const point = segment.codePointAt(0) ?? 0;
  return wideBlocks.some(([first, last]) => point >= first && point <= last) || emoji.test(segment);
}

const invisible = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal. */
export function toDisplayWidth(text: string): number {
  // Almost every cell is ASCII, and segmenting is slow.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (isWide(segment)) width += 2;
    else if (!invisible.test(segment)) width += 1;
  }
  return width;
}

/**
 * Text from outside as it may stand on a terminal: what could move the cursor, change colours, forge a line
 * or turn the reading direction around is shown as its code point instead of being obeyed.
 */
export function toSafeText(text: string): string {
  return text.replace(
    /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}
