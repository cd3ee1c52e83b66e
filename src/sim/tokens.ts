/**
 * The simulators' token rule. One token is: up to six ASCII letters or digits, up to three letters of
 * another alphabet, one CJK character or emoji, or one other character; each takes one blank before it
 * along. Runs of white space are one token. It is near real tokenizers for prose (English about 4.6
 * characters a token, Chinese one) and, above all, the same for counting and for cutting.
 */
function findTokenEnd(text: string, start: number): number {
  let index = start;
  let unit = text.charCodeAt(index);
  if (unit === 0x20 && index + 1 < text.length && text.charCodeAt(index + 1) > 0x20) {
    index += 1;
    unit = text.charCodeAt(index);
  }
  if (unit <= 0x20) return skipWhile(text, { start: index + 1, most: 4096, isMember: isBlank });
  if (isAsciiWord(unit)) return skipWhile(text, { start: index + 1, most: 5, isMember: isAsciiWord });
  if (unit < 0x80) return index + 1;
  if (isAlphabetic(unit)) return skipWhile(text, { start: index + 1, most: 2, isMember: isAlphabetic });
  const isPair = unit >= 0xd800 && unit < 0xdc00 && index + 1 < text.length;
  return isPair ? index + 2 : index + 1;
}

function isBlank(unit: number): boolean {
  return unit <= 0x20;
}

function isAsciiWord(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39);
}

/** Letters of Latin supplements, Greek, Cyrillic, Arabic, Devanagari and the like, without punctuation. */
function isAlphabetic(unit: number): boolean {
  return unit >= 0xc0 && unit < 0x2000;
}

function skipWhile(
  text: string,
  run: { readonly start: number; readonly most: number; readonly isMember: (unit: number) => boolean },
): number {
  const limit = Math.min(text.length, run.start + run.most);
  let end = run.start;
  while (end < limit && run.isMember(text.charCodeAt(end))) end += 1;
  return end;
}

/** Tokens of a text by the rule above. */
export function countTokens(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index = findTokenEnd(text, index)) count += 1;
  return count;
}

/** The text cut into its tokens; joined they are the text again. */
export function splitTokens(text: string): string[] {
  const pieces: string[] = [];
  for (let index = 0; index < text.length;) {
    const end = findTokenEnd(text, index);
    pieces.push(text.slice(index, end));
    index = end;
  }
  return pieces;
}

/** What one image costs: 85 tokens at low detail, else 765, as OpenAI's tiles of a square picture. */
export function countImageTokens(detail: string | null): number {
  return detail === 'low' ? 85 : 765;
}
