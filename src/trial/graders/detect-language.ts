/** Tells the language of a text by its script, letter triples and small words. */
import {
  arabicProfiles,
  cyrillicProfiles,
  devanagariProfiles,
  HAN_PAIRS,
  type LanguageProfile,
  latinProfiles,
} from './language-profiles.ts';

/** A language, or undefined with the reason why it cannot be told. */
export type LanguageGuess =
  | { readonly language: string; readonly letters: number }
  | { readonly language: undefined; readonly letters: number; readonly reason: string };

/** Fewer letters than this do not tell a language in a shared alphabet. */
const MIN_LETTERS = 20;

/** Fewer characters than this do not tell Traditional from Simplified Chinese, or Chinese from Japanese. */
const MIN_HAN = 4;

/** Text beyond this tells nothing new about its language. */
const MAX_LETTERS_READ = 4000;

/** Scripts that belong to one language for our purpose. */
const SINGLE_SCRIPTS: readonly (readonly [script: string, language: string])[] = [
  ['Thai', 'th'],
  ['Greek', 'el'],
  ['Hebrew', 'he'],
  ['Bengali', 'bn'],
  ['Tamil', 'ta'],
  ['Telugu', 'te'],
  ['Gujarati', 'gu'],
  ['Gurmukhi', 'pa'],
  ['Kannada', 'kn'],
  ['Malayalam', 'ml'],
  ['Sinhala', 'si'],
  ['Khmer', 'km'],
  ['Lao', 'lo'],
  ['Myanmar', 'my'],
  ['Georgian', 'ka'],
  ['Armenian', 'hy'],
  ['Ethiopic', 'am'],
  ['Hangul', 'ko'],
];

const SHARED_SCRIPTS = ['Latin', 'Cyrillic', 'Arabic', 'Devanagari', 'Han', 'Hiragana', 'Katakana'] as const;

const SCRIPT_TESTS = [...SHARED_SCRIPTS, ...SINGLE_SCRIPTS.map(([script]) => script)].map(
  (script) => ({ script, test: new RegExp(`\\p{Script=${script}}`, 'gu') }) as const,
);

/** How many letters of each script a text has; scripts without letters are absent. */
export function countScripts(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { script, test } of SCRIPT_TESTS) {
    const count = text.match(test)?.length ?? 0;
    if (count > 0) counts.set(script, count);
  }
  return counts;
}

type Model = {
  readonly language: string;
  readonly triples: ReadonlyMap<string, number>;
  readonly total: number;
  readonly words: ReadonlySet<string>;
};

function toWords(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
}

function toTriples(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => {
    const padded = [' ', ...word, ' '];
    return padded.slice(2).map((_letter, at) => padded.slice(at, at + 3).join(''));
  });
}

function train(profiles: Readonly<Record<string, LanguageProfile>>): readonly Model[] {
  return Object.entries(profiles).map(([language, profile]) => {
    const triples = new Map<string, number>();
    const all = toTriples([...toWords(profile.text), ...toWords(profile.words)]);
    for (const triple of all) triples.set(triple, (triples.get(triple) ?? 0) + 1);
    return { language, triples, total: all.length, words: new Set(toWords(profile.words)) };
  });
}

const MODELS: ReadonlyMap<string, readonly Model[]> = new Map([
  ['Latin', train(latinProfiles)],
  ['Cyrillic', train(cyrillicProfiles)],
  ['Arabic', train(arabicProfiles)],
  ['Devanagari', train(devanagariProfiles)],
]);

/** A triple that a profile never showed counts as this share of one showing. */
const UNSEEN = 0.3;

/** How much the share of small words weighs against the mean log-probability of letter triples. */
const WORD_WEIGHT = 6;

/** The best language must lead by this much; closer calls are not told. */
const MIN_LEAD = 0.12;

/** A text whose best share of small words and known triples is below these is in none of the languages. */
const MIN_KNOWN_TRIPLES = 0.28;

function guessByProfile(text: string, script: string, letters: number): LanguageGuess {
  if (letters < MIN_LETTERS) {
    return { language: undefined, letters, reason: 'the text is too short to tell its language' };
  }
  const words = toWords(text.slice(0, MAX_LETTERS_READ)).filter((word) =>
    new RegExp(`\\p{Script=${script}}`, 'u').test(word),
  );
  const triples = toTriples(words);
  const ranked = (MODELS.get(script) ?? [])
    .map((model) => ({ ...rate(model, words, triples), language: model.language }))
    .toSorted((left, right) => right.score - left.score);
  const [best, second] = ranked;
  if (best === undefined || best.known < MIN_KNOWN_TRIPLES) {
    return { language: undefined, letters, reason: 'the text is in none of the known languages' };
  }
  // A short text needs a clearer lead: one name or loan word can turn it.
  const lead = MIN_LEAD * Math.max(1, 120 / letters);
  if (second !== undefined && best.score - second.score < lead) {
    return { language: undefined, letters, reason: `the text may be ${best.language} or ${second.language}` };
  }
  return { language: best.language, letters };
}

function rate(
  model: Model,
  words: readonly string[],
  triples: readonly string[],
): { readonly score: number; readonly known: number } {
  let logs = 0;
  let known = 0;
  for (const triple of triples) {
    const count = model.triples.get(triple) ?? 0;
    if (count > 0) known++;
    logs += Math.log((count + UNSEEN) / model.total);
  }
  const small = words.filter((word) => model.words.has(word)).length;
  const size = Math.max(1, triples.length);
  return { score: logs / size + (WORD_WEIGHT * small) / Math.max(1, words.length), known: known / size };
}

const SIMPLIFIED = new Set([...HAN_PAIRS].filter((_character, at) => at % 2 === 0));
const TRADITIONAL = new Set([...HAN_PAIRS].filter((_character, at) => at % 2 === 1));

/** `zh` without a script means Chinese of which the characters fit both scripts. */
function guessHan(text: string, han: number): LanguageGuess {
  if (han < MIN_HAN) {
    return { language: undefined, letters: han, reason: 'the text is too short to tell its language' };
  }
  let simplified = 0;
  let traditional = 0;
  for (const character of text.slice(0, MAX_LETTERS_READ)) {
    if (SIMPLIFIED.has(character)) simplified++;
    else if (TRADITIONAL.has(character)) traditional++;
  }
  const marks = simplified + traditional;
  if (marks > 0 && simplified / marks >= 0.8) return { language: 'zh-Hans', letters: han };
  if (marks > 0 && traditional / marks >= 0.8) return { language: 'zh-Hant', letters: han };
  return { language: 'zh', letters: han };
}

/** The language of a piece of text that is in one script, or mostly so. */
export function detectLanguage(text: string): LanguageGuess {
  const counts = countScripts(text);
  const kana = (counts.get('Hiragana') ?? 0) + (counts.get('Katakana') ?? 0);
  const han = counts.get('Han') ?? 0;
  const merged = new Map(counts);
  for (const script of ['Hiragana', 'Katakana', 'Han']) merged.delete(script);
  if (kana + han > 0) merged.set('Cjk', kana + han);
  const [top] = [...merged].toSorted((left, right) => weigh(right) - weigh(left));
  if (top === undefined) return { language: undefined, letters: 0, reason: 'the text has no letters' };
  const [script, letters] = top;
  if (script === 'Cjk') {
    if (kana > 0 && kana * 12 >= kana + han) return { language: 'ja', letters };
    return guessHan(text, letters);
  }
  const single = SINGLE_SCRIPTS.find(([name]) => name === script);
  if (single === undefined) return guessByProfile(text, script, letters);
  if (letters < MIN_HAN) {
    return { language: undefined, letters, reason: 'the text is too short to tell its language' };
  }
  return { language: single[1], letters };
}

/** A Han or Hangul character says about as much as four letters, and loan words in Latin letters are common. */
export function weigh([script, count]: readonly [script: string, count: number]): number {
  return script === 'Latin' ? count : count * 4;
}
