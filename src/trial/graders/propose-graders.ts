/** Suggests graders from answers that were seen, so that nobody starts a trial from an empty form. */
import { detectLanguage } from './detect-language.ts';
import { extractAnswer } from './extract-answer.ts';
import { findJson } from './find-json.ts';
import type { ModelAnswer } from './grader.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from './json-value.ts';
import { parseMath, toPlainMath } from './math-expression.ts';
import { readNumbers } from './read-number.ts';
import { detectRefusal } from './refusal.ts';
import { createGrader, type GraderSpec } from './registry.ts';
import { isSameLanguage } from './same-language.ts';

/** One case as the task has seen it. */
export type SeenCase = {
  readonly prompt?: string;
  readonly answer: ModelAnswer;
  /** The expected answer, where somebody gave one. */
  readonly reference?: JsonValue;
};

/** A grader worth using, why, and on how many of the seen cases it gives a score. */
export type GraderProposal = {
  readonly spec: GraderSpec;
  readonly reason: string;
  /** Share of seen cases that this grader can grade, 0 to 1, measured by running it. */
  readonly share: number;
  /** `quality` tells right from wrong; `guard` only catches a kind of failure. */
  readonly role: 'quality' | 'guard';
};

/** Cases that are looked at; more do not change what an answer looks like. */
const MAX_SEEN = 500;

/** A shape must show in this share of the cases before a grader is built on it. */
const MIN_SHARE = 0.8;

/** Fewer cases than this show no pattern. */
const MIN_CASES = 5;

/** Proposals, most telling first; empty when too few cases were seen. Deterministic. */
export function proposeGraders(cases: readonly SeenCase[]): readonly GraderProposal[] {
  const seen = cases.slice(0, MAX_SEEN);
  if (seen.length < MIN_CASES) return [];
  const candidates = [
    ...proposeToolCalls(seen),
    ...proposeJson(seen),
    ...proposeAnswers(seen),
    ...proposeGuards(seen),
  ];
  return candidates
    .map((one) => ({ ...one, share: measureShare(one.spec, seen) }))
    .filter((one) => one.share > 0);
}

type Draft = Omit<GraderProposal, 'share'>;

/** Runs the grader with each seen answer as its own reference where the case has none. */
function measureShare(spec: GraderSpec, seen: readonly SeenCase[]): number {
  const made = createGrader(spec);
  if (!made.ok) return 0;
  const graded = seen.filter((one) => {
    const reference = one.reference ?? toOwnReference(spec.name, one.answer);
    const grade = made.value.grade({
      answer: one.answer,
      ...(reference === undefined ? {} : { reference }),
      ...(one.prompt === undefined ? {} : { prompt: one.prompt }),
    });
    return grade.kind === 'scored';
  });
  return graded.length / seen.length;
}

/** What an answer gives as the reference for another: its final answer, JSON or tool calls. */
export function toOwnReference(graderName: string, answer: ModelAnswer): JsonValue | undefined {
  if (graderName === 'tool-calls') {
    return (answer.toolCalls ?? []).map((call) => ({ name: call.name, arguments: call.arguments }));
  }
  if (graderName === 'json-equal') return findJson(answer.text).at(-1)?.value;
  const extracted = extractAnswer(answer.text);
  return extracted.source === 'none' ? undefined : extracted.text;
}

function shareOf(seen: readonly SeenCase[], has: (one: SeenCase) => boolean): number {
  return seen.filter((one) => has(one)).length / seen.length;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function proposeToolCalls(seen: readonly SeenCase[]): readonly Draft[] {
  const share = shareOf(seen, (one) => (one.answer.toolCalls?.length ?? 0) > 0);
  if (share < 0.2) return [];
  const several = shareOf(seen, (one) => (one.answer.toolCalls?.length ?? 0) > 1);
  const order = several > 0.1 ? ' Several calls at once are seen, so their order is free.' : '';
  return [
    {
      spec: { name: 'tool-calls', options: { order: 'any' } },
      reason: `${percent(share)} of the answers call tools, so names and arguments can be compared.${order}`,
      role: 'quality',
    },
  ];
}

function proposeJson(seen: readonly SeenCase[]): readonly Draft[] {
  const whole = seen.map((one) => parseJson(one.answer.text.trim())?.value);
  const strict = whole.filter((value) => isJsonObject(value) || Array.isArray(value)).length / seen.length;
  const objects = strict >= MIN_SHARE ? whole : seen.map((one) => findJson(one.answer.text).at(-1)?.value);
  const share = objects.filter((value) => isJsonObject(value) || Array.isArray(value)).length / seen.length;
  if (share < MIN_SHARE) return [];
  const schema = toSharedSchema(objects.filter((value) => isJsonObject(value)));
  const where = strict >= MIN_SHARE ? 'are JSON' : 'hold JSON inside other text';
  const drafts: Draft[] = [];
  // A field with the final answer is better compared by itself; reasoning beside it never repeats.
  const isAnswerObject =
    shareOf(seen, (one) => extractAnswer(one.answer.text).source === 'json') >= MIN_SHARE;
  if (!isAnswerObject) {
    drafts.push({
      spec: { name: 'json-equal', options: { partial: true, strict: strict >= MIN_SHARE } },
      reason: `${percent(share)} of the answers ${where}; the score is the share of equal top-level keys.`,
      role: 'quality',
    });
  }
  if (schema !== undefined) {
    drafts.push({
      spec: { name: 'json-schema', options: { schema, strict: strict >= MIN_SHARE } },
      reason: `${percent(share)} of the answers ${where} with the same keys; a schema catches answers that break the shape.`,
      role: 'guard',
    });
  }
  return drafts;
}

/** Keys and types that all objects share; undefined when they have none in common. */
function toSharedSchema(objects: readonly JsonObject[]): JsonObject | undefined {
  const [first] = objects;
  if (first === undefined) return undefined;
  const required = Object.keys(first).filter((key) => objects.every((object) => Object.hasOwn(object, key)));
  if (required.length === 0) return undefined;
  const properties = Object.fromEntries(
    required.map((key) => [
      key,
      { type: [...new Set(objects.map((object) => toTypeName(object[key] ?? null)))].toSorted() },
    ]),
  );
  return { type: 'object', required, properties };
}

function toTypeName(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Longest final answer that can be compared as text; prose of two models is never equal. */
const SHORT_ANSWER_CHARACTERS = 80;

function proposeAnswers(seen: readonly SeenCase[]): readonly Draft[] {
  const finals = seen.map((one) =>
    (typeof one.reference === 'string' ? one.reference : extractAnswer(one.answer.text).text).trim(),
  );
  const short = finals.filter((text) => text !== '' && text.length <= SHORT_ANSWER_CHARACTERS);
  if (short.length / seen.length < MIN_SHARE) return [];
  const shareOfShort = (is: (text: string) => boolean): number =>
    short.filter((text) => is(text)).length / short.length;
  const kinds = new Map<string, number>();
  for (const text of short) kinds.set(text.toLowerCase(), (kinds.get(text.toLowerCase()) ?? 0) + 1);
  const letters = shareOfShort((text) => /^\(?[A-H]\)?\.?$/u.test(text));
  if (letters >= MIN_SHARE) {
    const labels = [...new Set(short.map((text) => text.replace(/[().]/gu, '')))]
      .filter((text) => /^[A-H]$/u.test(text))
      .toSorted();
    return [
      {
        spec: { name: 'choice', options: { labels: labels.length >= 2 ? labels : ['A', 'B', 'C', 'D'] } },
        reason: `${percent(letters)} of the final answers are single letters.`,
        role: 'quality',
      },
    ];
  }
  const numbers = shareOfShort(
    (text) =>
      !/[\\^]/u.test(text) &&
      readNumbers(text).length === 1 &&
      text.replace(/[\d\s.,%$€£-]/gu, '').length <= 12,
  );
  if (numbers >= MIN_SHARE) {
    return [
      {
        spec: { name: 'number' },
        reason: `${percent(numbers)} of the final answers are one number, some with a unit or separators.`,
        role: 'quality',
      },
    ];
  }
  const formulae = shareOfShort(
    (text) => /[\d\\^]/u.test(text) && parseMath(toPlainMath(text)) !== undefined,
  );
  if (formulae >= MIN_SHARE) {
    return [
      {
        spec: { name: 'math' },
        reason: `${percent(formulae)} of the final answers are numbers or expressions.`,
        role: 'quality',
      },
    ];
  }
  if (kinds.size <= Math.max(2, short.length / 5) && kinds.size <= 20) {
    return [
      {
        spec: { name: 'normalised', options: { punctuation: true } },
        reason: `The final answers are one of ${kinds.size} labels, so they can be compared as text.`,
        role: 'quality',
      },
    ];
  }
  const literals = shareOfShort((text) => /^["'[({]/u.test(text));
  const options = literals >= 0.3 ? { quotes: 'optional' } : {};
  return [
    {
      spec: { name: literals >= 0.3 ? 'exact' : 'normalised', ...(literals >= 0.3 ? { options } : {}) },
      reason: `${percent(short.length / seen.length)} of the answers end in a short text that can be compared.`,
      role: 'quality',
    },
  ];
}

function proposeGuards(seen: readonly SeenCase[]): readonly Draft[] {
  const drafts: Draft[] = [];
  const languages = seen.flatMap((one) => {
    const asked = detectLanguage(one.prompt ?? '').language;
    const answered = detectLanguage(one.answer.text).language;
    return asked === undefined || answered === undefined
      ? []
      : [{ asked, isSame: isSameLanguage(asked, answered) }];
  });
  const same = languages.filter((one) => one.isSame).length / Math.max(1, languages.length);
  if (languages.length >= MIN_CASES && same >= 0.9) {
    const kinds = new Set(languages.map((one) => one.asked)).size;
    drafts.push({
      spec: { name: 'same-language' },
      reason: `${percent(same)} of the answers are in the user's language (${kinds} seen); some models fall back to another.`,
      role: 'guard',
    });
  }
  const refused = shareOf(
    seen,
    (one) => (one.answer.toolCalls?.length ?? 0) === 0 && detectRefusal(one.answer.text) !== 'answered',
  );
  if (refused <= 0.05) {
    drafts.push({
      spec: { name: 'over-refusal' },
      reason: `Only ${percent(refused)} of these requests were refused, so a refusal is a failure.`,
      role: 'guard',
    });
  }
  const lengths = seen.map((one) => one.answer.text.length).toSorted((left, right) => left - right);
  const longest = lengths[Math.floor(lengths.length * 0.95)] ?? 0;
  if (longest > 0) {
    const max = Math.ceil((longest * 2) / 100) * 100;
    drafts.push({
      spec: { name: 'length', options: { max, zeroAt: max * 2 } },
      reason: `95 % of the answers have at most ${longest} characters; twice that is a runaway answer.`,
      role: 'guard',
    });
  }
  return drafts;
}
