/**
 * First code point of each run of ten decimal digits outside ASCII that people write numbers with:
 * Arabic-Indic, its Persian and Urdu form, Indic scripts, Thai, Lao, Tibetan, Myanmar, Khmer,
 * Mongolian and full-width.
 */
const DIGIT_ZEROS = [
  0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0,
  0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10,
] as const;

/** Marks that show nothing: zero-width characters, bidirectional controls, byte order mark, soft hyphen. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/** Rewrites digits of other scripts, with their decimal, thousands and percent signs, to ASCII. */
export function foldDigits(text: string): string {
  if (!/[^\u0000-\u065f]/u.test(text)) return text;
  return text
    .replace(/[\p{Nd}\u066a-\u066c]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code === 0x066a) return '%';
      if (code === 0x066b) return '.';
      if (code === 0x066c) return ',';
      for (const zero of DIGIT_ZEROS) if (code >= zero && code < zero + 10) return String(code - zero);
      return character;
    })
    .replace(/[\uff01-\uff5e]/gu, (character) =>
      String.fromCodePoint((character.codePointAt(0) ?? 0) - 0xfee0),
    )
    .replace(/\u3000/gu, ' ');
}

/** Removes marks that show nothing, so that a stray direction mark does not make two answers differ. */
export function stripInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

/** Which differences a comparison overlooks. */
export type FoldOptions = {
  readonly case: boolean;
  readonly punctuation: boolean;
  readonly accents: boolean;
};

/**
 * Folds what readers do not see as a difference: Unicode compatibility forms, digits of other scripts,
 * invisible marks, kinds of quotes, dashes and blanks, Markdown emphasis, a final full stop.
 */
export function foldText(text: string, options: FoldOptions): string {
  let folded = stripInvisible(foldDigits(text.toWellFormed().normalize('NFKC')))
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u02bc`´]/gu, "'")
    .replace(/[\u201c-\u201f\u2033\u00ab\u00bb\u300c\u300d]/gu, '"')
    .replace(/[\u2010-\u2015\u2212]/gu, '-')
    .replace(/\*\*|__/gu, '');
  if (options.case) folded = folded.toLowerCase();
  if (options.accents) {
    folded = folded
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '')
      .normalize('NFC');
  }
  if (options.punctuation) folded = folded.replace(/[\p{P}\p{S}]/gu, ' ');
  folded = folded.replace(/[\s\u0000-\u001f\u007f]+/gu, ' ').trim();
  return folded.replace(/(?<=[^.])[.。।]$/u, '').trim();
}
