/** Reads numbers as people and models write them, with their exact value where it is rational. */
import { foldDigits, stripInvisible } from './fold-text.ts';

/** A fraction of integers; the denominator is positive. */
export type Rational = { readonly numerator: bigint; readonly denominator: bigint };

/** One number found in a text. */
export type NumberReading = {
  readonly value: number;
  /** Exact value; absent for numbers with more digits than `MAX_DIGITS`. */
  readonly exact?: Rational;
  readonly isPercent: boolean;
  /** The unit, currency or word right after (or the currency right before) the number, lower case. */
  readonly unit?: string;
  readonly start: number;
  readonly end: number;
};

/** How a lone separator is read: `1.234` as a decimal point, `1,234` as thousands, unless told otherwise. */
export type DecimalMark = 'auto' | 'point' | 'comma';

/** Longer digit runs are runaway output; arithmetic on them would cost more than they are worth. */
const MAX_DIGITS = 400;

/** Exponents beyond this leave the range of a double. */
const MAX_EXPONENT = 400;

/** Numbers read from one text; a runaway list of numbers is cut here. */
const MAX_NUMBERS = 10_000;

const VULGAR = new Map([
  ['½', '1/2'],
  ['⅓', '1/3'],
  ['⅔', '2/3'],
  ['¼', '1/4'],
  ['¾', '3/4'],
  ['⅕', '1/5'],
  ['⅖', '2/5'],
  ['⅗', '3/5'],
  ['⅘', '4/5'],
  ['⅙', '1/6'],
  ['⅚', '5/6'],
  ['⅛', '1/8'],
  ['⅜', '3/8'],
  ['⅝', '5/8'],
  ['⅞', '7/8'],
  ['⅐', '1/7'],
  ['⅑', '1/9'],
  ['⅒', '1/10'],
]);

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Words that multiply the number before them. */
const MAGNITUDES: ReadonlyMap<string, number> = new Map([
  ['hundred', 2],
  ['thousand', 3],
  ['k', 3],
  ['million', 6],
  ['mn', 6],
  ['billion', 9],
  ['bn', 9],
  ['trillion', 12],
  ['lakh', 5],
  ['crore', 7],
  ['mil', 3],
  ['millón', 6],
  ['millones', 6],
  ['milhão', 6],
  ['milhões', 6],
  ['mille', 3],
  ['milliard', 9],
  ['milliards', 9],
  ['millions', 6],
  ['tausend', 3],
  ['million(en)', 6],
  ['millionen', 6],
  ['mio', 6],
  ['milliarde', 9],
  ['milliarden', 9],
  ['mrd', 9],
  ['ribu', 3],
  ['juta', 6],
  ['miliar', 9],
  ['тысяч', 3],
  ['тысячи', 3],
  ['тысяча', 3],
  ['тыс', 3],
  ['миллион', 6],
  ['миллиона', 6],
  ['миллионов', 6],
  ['млн', 6],
  ['миллиард', 9],
  ['миллиардов', 9],
  ['млрд', 9],
  ['ألف', 3],
  ['آلاف', 3],
  ['مليون', 6],
  ['ملايين', 6],
  ['مليار', 9],
  ['हजार', 3],
  ['हज़ार', 3],
  ['लाख', 5],
  ['करोड़', 7],
  ['千', 3],
  ['万', 4],
  ['萬', 4],
  ['亿', 8],
  ['億', 8],
  ['兆', 12],
  ['천', 3],
  ['만', 4],
  ['억', 8],
]);

/** LaTeX and typography that stands around numbers, rewritten to plain characters. */
function toPlainText(text: string): string {
  return stripInvisible(foldDigits(text))
    .replace(/[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒]/gu, (mark, at: number, whole: string) =>
      /\d/u.test(whole.charAt(at - 1)) ? ` ${VULGAR.get(mark) ?? ''}` : (VULGAR.get(mark) ?? ''),
    )
    .replace(/[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/gu, (run) => `^${[...run].map((one) => toPlainSuperscript(one)).join('')}`)
    .replace(/\\[dtc]?frac\s*\{([^{}]{1,60})\}\s*\{([^{}]{1,60})\}/gu, ' $1/$2 ')
    .replace(/\\[dtc]?frac\s*(\d)\s*(\d)/gu, ' $1/$2 ')
    .replace(/\\(?:text|mathrm|textbf|mathbf|mbox)\s*\{([^{}]{0,80})\}/gu, ' $1 ')
    .replace(/\\[!,;:]|\{,\}/gu, (mark) => (mark === '{,}' ? ',' : '\u2009'))
    .replace(/\\(?:times|cdot)/gu, '×')
    .replace(/\\(?:left|right|displaystyle|quad)/gu, ' ')
    .replace(/\\([%$#&])/gu, '$1')
    .replace(/[−–—﹣]/gu, '-')
    .replace(/⁄|∕/gu, '/');
}

function toPlainSuperscript(character: string): string {
  return character === '⁻' ? '-' : String(SUPERSCRIPTS.indexOf(character));
}

const CURRENCY =
  '(?:US\\$|R\\$|HK\\$|NT\\$|A\\$|C\\$|[$€£¥₹₩₽₫₱฿₺]|Rp\\.?|RM|USD|EUR|GBP|CLP|CNY|RMB|JPY|SAR|INR)';

/** One number: sign, currency, digits with separators, exponent, fraction part. Each repeat is bounded. */
const NUMBER = new RegExp(
  '(?<![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\d_.])' +
    `(?<sign>[-+])?\\s?(?<currency>${CURRENCY})?\\s?(?<sign2>-)?` +
    "(?<digits>\\d{1,400}(?!\\d)(?:[.,'’_\\u00a0\\u202f\\u2009 ]\\d{1,400}(?!\\d)){0,60}|\\.\\d{1,400}(?!\\d))" +
    '(?:[eE](?<exponent>[-+]?\\d{1,4})(?![\\d\\p{L}])|\\s?[×x*·]\\s?10\\s?\\^\\s?\\{?(?<power>-?\\d{1,4})\\}?)?' +
    '(?<rest>(?:\\s?/\\s?\\d{1,40}(?![\\d/.,]))?)',
  'gu',
);

/** All numbers of a text, in order. Digits inside words (`gpt4`, `x2`) are not numbers. */
export function readNumbers(text: string, decimal: DecimalMark = 'auto'): readonly NumberReading[] {
  const plain = toPlainText(text);
  const readings: NumberReading[] = [];
  const pattern = new RegExp(NUMBER.source, NUMBER.flags);
  for (let match = pattern.exec(plain); match !== null; match = pattern.exec(plain)) {
    const groups = match.groups ?? {};
    const { kept, cut } = splitGroups(
      groups['digits'] ?? '',
      /\d,$/u.test(plain.slice(Math.max(0, match.index - 2), match.index)),
    );
    // What was not part of the number (`1, 2` or `3 4`) is given back and read as a number of its own.
    if (cut > 0) pattern.lastIndex = match.index + match[0].lastIndexOf(groups['digits'] ?? '') + kept.length;
    const end = cut > 0 ? pattern.lastIndex : match.index + match[0].length;
    const reading = toReading(plain, {
      kept,
      groups: cut > 0 ? pick(groups) : groups,
      start: match.index,
      end,
      decimal,
    });
    if (reading !== undefined) readings.push(reading);
    if (reading !== undefined && reading.end > pattern.lastIndex) pattern.lastIndex = reading.end;
    if (readings.length >= MAX_NUMBERS) break;
  }
  return readings;
}

type Groups = { readonly [name: string]: string | undefined };

function pick(groups: Groups): Groups {
  return { sign: groups['sign'], sign2: groups['sign2'], currency: groups['currency'] };
}

/**
 * How much of a run of digit groups is one number: blanks and apostrophes only join groups of three,
 * and a mixed number (`1 1/2`) is left for the caller.
 */
function splitGroups(digits: string, isInList: boolean): { readonly kept: string; readonly cut: number } {
  const blank = /[\u00a0\u202f\u2009 '’_]/u.exec(digits);
  if (blank === null) {
    // `1,2,3` is a list, `1,234,567` and `12,34,567` are numbers.
    const isGroups = /^[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}$/u.test(digits);
    const isList = !isGroups && (isInList ? digits.includes(',') : /^\d+(?:,\d+){2,}$/u.test(digits));
    const length = isList ? digits.indexOf(',') : digits.length;
    return { kept: digits.slice(0, length), cut: digits.length - length };
  }
  const isGrouped = /^\d{1,3}(?:[\u00a0\u202f\u2009 '’_]\d{3})+(?![\d])/u.exec(digits);
  const kept =
    isGrouped === null ? digits.slice(0, blank.index) : (/^[^.,]*(?:[.,]\d+)?/u.exec(digits)?.[0] ?? digits);
  const grouped = isGrouped === null ? kept : trimToGroups(kept);
  return { kept: grouped, cut: digits.length - grouped.length };
}

function trimToGroups(run: string): string {
  return /^\d{1,3}(?:[\u00a0\u202f\u2009 '’_]\d{3}(?!\d))+(?:[.,]\d+)?/u.exec(run)?.[0] ?? run;
}

type Raw = {
  readonly kept: string;
  readonly groups: Groups;
  readonly start: number;
  readonly end: number;
  readonly decimal: DecimalMark;
};

function toReading(plain: string, raw: Raw): NumberReading | undefined {
  const mantissa = parseDigits(raw.kept, raw.decimal);
  if (mantissa === undefined) return undefined;
  let exact = mantissa;
  let end = raw.end;
  const exponent = Number(raw.groups['exponent'] ?? raw.groups['power'] ?? '0');
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  exact = scale(exact, exponent);
  const over = /\/\s?(\d+)$/u.exec(raw.groups['rest'] ?? '')?.[1];
  if (over !== undefined) {
    const divided = divide(exact, BigInt(over));
    if (divided === undefined) return undefined;
    exact = divided;
  }
  // A whole number followed by a proper fraction is a mixed number: `1 1/2`.
  const mixed = /^\s{1,3}(\d{1,9})\s?\/\s?(\d{1,9})(?![\d/])/u.exec(plain.slice(end, end + 30));
  if (
    mixed !== null &&
    over === undefined &&
    exact.denominator === 1n &&
    BigInt(mixed[2] ?? '0') > BigInt(mixed[1] ?? '0')
  ) {
    exact = add(exact, { numerator: BigInt(mixed[1] ?? '0'), denominator: BigInt(mixed[2] ?? '1') });
    end += mixed[0].length;
  }
  const after = readAfter(plain, end);
  exact = scale(exact, after.power);
  const isNegative =
    (raw.groups['sign'] === '-' && !isRange(plain, raw.start)) || raw.groups['sign2'] === '-';
  if (isNegative) exact = { numerator: -exact.numerator, denominator: exact.denominator };
  const unit = after.unit ?? raw.groups['currency']?.toLowerCase();
  return {
    value: toDouble(exact),
    exact,
    isPercent: after.isPercent,
    ...(unit === undefined ? {} : { unit }),
    start: raw.start,
    end: Math.max(end, after.end),
  };
}

/** A hyphen right after a number joins two of them (`3-4`, `5 - 3`); it is no sign. */
function isRange(plain: string, signAt: number): boolean {
  return /[\d)]\s?$/u.test(plain.slice(Math.max(0, signAt - 2), signAt));
}

type After = {
  readonly power: number;
  readonly unit?: string;
  readonly isPercent: boolean;
  readonly end: number;
};

function readAfter(plain: string, from: number): After {
  const tail = plain.slice(from, from + 40);
  const percent =
    /^\s?(?:%|‰|percent\b|per\s?cent\b|por ciento\b|por cento\b|pour cent\b|prozent\b|persen\b|процент|بالمئة|في المئة)/iu.exec(
      tail,
    );
  if (percent !== null) return { power: 0, isPercent: true, end: from + percent[0].length };
  const word = /^\s?(\p{L}[\p{L}\p{M}²³°/]{0,20})\.?/u.exec(tail);
  if (word === null) {
    const sign = /^\s?(°[CFK]?|[€£¥₹₩₽₫₱฿₺$])/u.exec(tail);
    return sign?.[1] === undefined
      ? { power: 0, isPercent: false, end: from }
      : { power: 0, isPercent: false, unit: sign[1].toLowerCase(), end: from };
  }
  const name = (word[1] ?? '').toLowerCase();
  const power = MAGNITUDES.get(name) ?? hanPower(name);
  // "5 k" may be a unit; "5k" is thousands.
  if (power === undefined || (name === 'k' && /^\s/u.test(tail))) {
    return { power: 0, isPercent: false, unit: name, end: from };
  }
  const end = from + (MAGNITUDES.has(name) ? word[0].length : tail.indexOf(name.charAt(0)) + 1);
  const next = readAfter(plain, end);
  return { ...next, power: power + next.power, end: Math.max(end, next.end) };
}

/** Han and Hangul magnitudes stand before a counter without a blank: 3万人. */
function hanPower(name: string): number | undefined {
  return /^[千万萬亿億兆천만억]/u.test(name) ? MAGNITUDES.get(name.charAt(0)) : undefined;
}

/** Digits with separators to an exact value; undefined when the separators make no number. */
function parseDigits(run: string, decimal: DecimalMark): Rational | undefined {
  const packed = run.replace(/[\u00a0\u202f\u2009 '’_]/gu, '');
  if (packed.length > MAX_DIGITS) return undefined;
  const mark = findDecimalMark(packed, decimal);
  const [whole = '', part = ''] = mark === undefined ? [packed] : splitLast(packed, mark);
  // Two decimal marks make a version or a date, not a number.
  if (mark !== undefined && whole.includes(mark)) return undefined;
  const digits = whole.replace(/[.,]/gu, '') + part;
  if (digits === '') return undefined;
  return { numerator: BigInt(digits), denominator: 10n ** BigInt(part.length) };
}

function splitLast(text: string, mark: string): readonly [string, string] {
  const at = text.lastIndexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
}

function findDecimalMark(packed: string, decimal: DecimalMark): '.' | ',' | undefined {
  if (decimal === 'point') return packed.includes('.') ? '.' : undefined;
  if (decimal === 'comma') return packed.includes(',') ? ',' : undefined;
  const point = packed.lastIndexOf('.');
  const comma = packed.lastIndexOf(',');
  if (point >= 0 && comma >= 0) return point > comma ? '.' : ',';
  if (point >= 0) return /^\d{1,3}(?:\.\d{3}){2,}$/u.test(packed) ? undefined : '.';
  // 12,34,567 is the Indian grouping; 0,5 and 3,75 are decimals.
  if (comma >= 0) return /^[1-9]\d{0,2}(?:,\d{2,3})*,\d{3}$/u.test(packed) ? undefined : ',';
  return undefined;
}

function scale(value: Rational, power: number): Rational {
  if (power === 0) return value;
  const factor = 10n ** BigInt(Math.abs(power));
  return power > 0
    ? { numerator: value.numerator * factor, denominator: value.denominator }
    : { numerator: value.numerator, denominator: value.denominator * factor };
}

function divide(value: Rational, by: bigint): Rational | undefined {
  return by === 0n ? undefined : { numerator: value.numerator, denominator: value.denominator * by };
}

function add(left: Rational, right: Rational): Rational {
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  };
}

/** The nearest double, also for integers too long to convert part by part. */
function toDouble(value: Rational): number {
  const direct = Number(value.numerator) / Number(value.denominator);
  if (Number.isFinite(direct)) return direct;
  return Number(value.numerator / value.denominator);
}

/** Whether two exact values are the same number. */
export function isSameRational(left: Rational, right: Rational): boolean {
  return left.numerator * right.denominator === right.numerator * left.denominator;
}
