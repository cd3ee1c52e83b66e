/** Finds the final answer in what a model wrote: JSON fields, boxes, marked lines, fences, last lines. */
import { foldDigits, stripInvisible } from './fold-text.ts';
import { ANSWER_KEYS, findAnswerField, findBrokenAnswerField, unescapeLoosely } from './find-json.ts';
import { type JsonValue } from './json-value.ts';

/**
 * Longest text that is searched whole. Beyond it the head and the tail are kept, because an answer
 * stands first or last; a runaway answer of a megabyte must not cost a megabyte of pattern matching.
 */
export const MAX_SEARCHED_CHARACTERS = 200_000;

/** How the answer was found, best first. */
export type ExtractionSource =
  | 'json'
  | 'broken-json'
  | 'boxed'
  | 'hashes'
  | 'marked'
  | 'fenced'
  | 'whole'
  | 'last-line'
  | 'none';

/** The final answer as text; `value` holds it as JSON where the answer was a JSON value. */
export type ExtractedAnswer = {
  readonly text: string;
  readonly value?: JsonValue;
  readonly source: ExtractionSource;
};

/**
 * Where to look: `auto` for all places, `whole` for the visible text as it is, or the JSON field of that
 * name. `json-or-boxed-word` is the rule by which ZeroEval's published tables were made: the answer field of
 * JSON (as written, where the JSON is broken), else a box that holds one word or unsigned number (so that
 * \boxed{-3} is no answer).
 */
export type ExtractFrom = 'auto' | 'whole' | 'json-or-boxed-word' | { readonly field: string };

/** Cuts an over-long text to its head and its tail. */
export function clipText(text: string): string {
  if (text.length <= MAX_SEARCHED_CHARACTERS) return text;
  const half = MAX_SEARCHED_CHARACTERS / 2;
  return `${text.slice(0, half)}\n${text.slice(-half)}`.toWellFormed();
}

/**
 * Removes reasoning that a host left in the visible text. An unclosed block means that the model was
 * cut off while it was still thinking, so nothing after it is an answer.
 */
export function stripReasoning(text: string): string {
  const close = /<\/(?:think|thinking|reasoning|thought)>/giu;
  let end = -1;
  for (const match of text.matchAll(close)) end = match.index + match[0].length;
  const rest = end < 0 ? text : text.slice(end);
  const open = /<(?:think|thinking|reasoning|thought)>/iu.exec(rest);
  return open === null ? rest : rest.slice(0, open.index);
}

/** The final answer of a text; never throws, and says `none` when the text holds no answer. */
export function extractAnswer(text: string, from: ExtractFrom = 'auto'): ExtractedAnswer {
  if (from === 'whole') return { text, source: 'whole' };
  const visible = stripReasoning(clipText(text));
  const keys = typeof from === 'string' ? ANSWER_KEYS : [from.field];
  const field = findAnswerField(visible, keys);
  if (field !== undefined) return { text: toAnswerText(field), value: field, source: 'json' };
  const broken = findBrokenAnswerField(visible, keys);
  if (broken !== undefined) {
    return { text: from === 'json-or-boxed-word' ? broken : unescapeLoosely(broken), source: 'broken-json' };
  }
  if (from === 'auto') return extractFromProse(visible);
  const word = from === 'json-or-boxed-word' ? /^\w+$/u.exec(findBoxed(visible) ?? '')?.[0] : undefined;
  return word === undefined ? { text: '', source: 'none' } : { text: word, source: 'boxed' };
}

function extractFromProse(visible: string): ExtractedAnswer {
  const boxed = findBoxed(visible);
  if (boxed !== undefined) return { text: boxed, source: 'boxed' };
  const hashes = /^#{3,6} ?(?!#)(\S[^\n]{0,200})\n*$/u.exec(lastNonEmptyLine(visible));
  if (hashes?.[1] !== undefined) return { text: tidyMarked(hashes[1]), source: 'hashes' };
  // An object that begins and never ends holds no answer, whatever its reasoning says on the way.
  const isCutObject =
    /^\s*(?:```\w*\s*)?\{\s*"/u.test(visible) && !/\}\s*(?:```)?[^{}]*$/u.test(visible.slice(-2000));
  if (isCutObject) return { text: '', source: 'none' };
  const marked = findMarked(visible);
  if (marked !== undefined) return { text: marked, source: 'marked' };
  const fenced = findOnlyFence(visible);
  if (fenced !== undefined) return { text: fenced, source: 'fenced' };
  const whole = visible.trim();
  if (whole === '') return { text: '', source: 'none' };
  if (!whole.includes('\n')) return { text: whole, source: 'whole' };
  return { text: lastNonEmptyLine(whole).trim(), source: 'last-line' };
}

function toAnswerText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The content of the last `\boxed{…}`, with braces balanced. */
export function findBoxed(text: string): string | undefined {
  const at = Math.max(text.lastIndexOf('\\boxed'), text.lastIndexOf('\\fbox'));
  if (at < 0) return undefined;
  const open = /^\\f?box(?:ed)?\s*\{/u.exec(text.slice(at, at + 20));
  if (open === null) return /^\\boxed\s+(\S{1,100})/u.exec(text.slice(at, at + 120))?.[1];
  let depth = 1;
  const start = at + open[0].length;
  for (let end = start; end < text.length; end++) {
    const character = text.charAt(end);
    if (character === '\\') end++;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return text.slice(start, end).trim();
  }
  return undefined;
}

/**
 * Words before a final answer, in the languages that the language grader knows best. "Final" words win
 * over plain ones, because reasoning says "the answer is" on its way.
 */
const FINAL_MARK = new RegExp(
  String.raw`(?:final\s+(?:answer|result)|(?:so|therefore|thus|` +
    String.raw`hence),?\s+(?:the\s+)?(?:final\s+)?answer|最终答案|最終答案|respuesta\s+final|` +
    String.raw`resposta\s+final|r[ée]ponse\s+finale|endg[üu]ltige\s+antwort|jawaban\s+akhir|` +
    String.raw`الإجابة\s+النهائية|окончательный\s+ответ|最終的な答え|최종\s*답)`,
  'iu',
);
const PLAIN_MARK = new RegExp(
  String.raw`(?:\banswer|答案|\brespuesta|\bresposta|\br[ée]ponse|\bantwort|\bjawaban(?:nya)?|` +
    String.raw`الإجابة|الجواب|ответ|答え|정답|답|उत्तर|\brisposta|\bantwoord|\bcevap|đáp\s+án|` +
    String.raw`\bcâu\s+trả\s+lời)`,
  'iu',
);
const LINK =
  '\\*{0,2}\\s{0,2}(?:(?:is|are|was|should be|equals|es|est|é|ist|lautet|adalah|ialah|' +
  'هي|هو|là|è|равен|=|是|为|為|は|은|는)(?=[\\s:：*$\\\\(\\d「“"\']|' +
  '\\p{Script=Han})\\s?)?[:：]?\\s{0,2}\\*{0,2}\\s?';

const MARKED = [FINAL_MARK, PLAIN_MARK].map(
  (mark) => new RegExp(`${mark.source}(${LINK})([^\\n]{1,400})`, 'giu'),
);

/** Marks are sought in this many last characters: a final answer stands near the end. */
const MARKED_TAIL_CHARACTERS = 20_000;

function findMarked(text: string): string | undefined {
  // Runs of blanks are folded first; a pattern with several optional blanks is slow on a page of them.
  const tail = text
    .slice(-MARKED_TAIL_CHARACTERS)
    .replace(/\n\s*/gu, '\n')
    .replace(/[^\S\n]+/gu, ' ');
  for (const pattern of MARKED) {
    let best: string | undefined;
    for (const match of tail.matchAll(pattern)) {
      // Without "is" or a colon the word is only mentioned ("my answer depends on …").
      if (/[\p{L}=:：]/u.test(match[1] ?? '')) best = match[2];
    }
    const tidy = best === undefined ? '' : tidyMarked(best);
    if (tidy !== '') return tidy;
  }
  return undefined;
}

/** Cuts a marked answer at the end of its sentence and takes Markdown and one pair of dollar signs away. */
function tidyMarked(text: string): string {
  const sentence =
    /^(.*?)(?:(?<!\b(?:approx|ca|no|vs))[.!。！](?=\s+[\p{Lu}\p{Lo}]|\s*$)|$)/u.exec(text.trim())?.[1] ??
    text;
  const bare = stripInvisible(foldDigits(sentence.replace(/\*\*|__|`/gu, ''))).trim();
  return /^\$([^$]+)\$$/u.exec(bare)?.[1] ?? bare;
}

/** The content of the only fenced block. */
function findOnlyFence(text: string): string | undefined {
  const blocks = [...text.matchAll(/```[^\n`]*\n([\s\S]*?)```/gu)];
  return blocks.length === 1 ? blocks[0]?.[1]?.trim() : undefined;
}

function lastNonEmptyLine(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1);
}
