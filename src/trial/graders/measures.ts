import * as z from 'zod';

import { stripReasoning } from './extract-answer.ts';
import { type Grade, type GradeInput, type Grader, type GraderNeed, scored, ungradable } from './grader.ts';

/** A limit that scores 1 up to `max`, 0 from `zeroAt` on, and a straight line between. */
const limitShape = {
  /** Largest value with full score. */
  max: z.number().min(0),
  /** Value from which the score is 0; the same as `max` for a hard limit. */
  zeroAt: z.number().min(0).optional(),
};

const isOrdered = (options: { readonly max: number; readonly zeroAt?: number | undefined }): boolean =>
  options.zeroAt === undefined || options.zeroAt >= options.max;
const ORDER = { path: ['zeroAt'], message: 'must not be below max' };

/** Options of `length`. */
export const lengthOptions = z
  .strictObject({
    ...limitShape,
    /** Shortest answer with full score. */
    min: z.number().min(0).default(0),
    /** Words are runs of letters and digits; each Han, Kana or Thai character counts as one. */
    unit: z.enum(['characters', 'words', 'lines']).default('characters'),
  })
  .refine(isOrdered, ORDER)
  .refine((options) => options.min <= options.max, { path: ['min'], message: 'must not be above max' });

/** Options of `latency`: milliseconds. */
export const latencyOptions = z.strictObject(limitShape).refine(isOrdered, ORDER);

/** Options of `cost`: nano-units of the trial's currency, as decimal text because they may exceed a double. */
export const costOptions = z
  .strictObject({
    maxNano: z.string().regex(/^\d{1,30}$/u),
    zeroAtNano: z
      .string()
      .regex(/^\d{1,30}$/u)
      .optional(),
  })
  .refine(
    (options) => options.zeroAtNano === undefined || BigInt(options.zeroAtNano) >= BigInt(options.maxNano),
    {
      path: ['zeroAtNano'],
      message: 'must not be below maxNano',
    },
  );

export type LengthOptions = z.infer<typeof lengthOptions>;
export type LatencyOptions = z.infer<typeof latencyOptions>;
export type CostOptions = z.infer<typeof costOptions>;

/** Scores the length of the visible answer. */
export function createLengthGrader(options: LengthOptions): Grader {
  return createMeasure('length', [], (input) => {
    const size = measure(stripReasoning(input.answer.text).trim(), options.unit);
    const what = `${size} ${options.unit}`;
    return size < options.min
      ? scored(0, `${what}, fewer than ${options.min}`)
      : gradeLimit(size, options, what);
  });
}

/** Scores how long the answer took. */
export function createLatencyGrader(options: LatencyOptions): Grader {
  return createMeasure('latency', ['latency'], ({ answer }) => {
    const { latencyMs } = answer;
    if (latencyMs === undefined || !Number.isFinite(latencyMs)) {
      return ungradable('the latency was not measured');
    }
    return gradeLimit(latencyMs, options, `${Math.round(latencyMs)} ms`);
  });
}

/** Scores what the answer cost. */
export function createCostGrader(options: CostOptions): Grader {
  const max = BigInt(options.maxNano);
  const zeroAt = BigInt(options.zeroAtNano ?? options.maxNano);
  return createMeasure('cost', ['cost'], ({ answer }) => {
    const { costNano } = answer;
    if (costNano === undefined) return ungradable('the cost is not known');
    const reason = `${costNano} nano-units`;
    if (costNano <= max) return scored(1, reason);
    if (costNano >= zeroAt) return scored(0, `${reason}, more than ${zeroAt}`);
    // The share, not the money, becomes a double.
    return scored(Number(((zeroAt - costNano) * 1_000_000n) / (zeroAt - max)) / 1_000_000, reason);
  });
}

function createMeasure(
  name: string,
  needs: readonly GraderNeed[],
  grade: (input: GradeInput) => Grade,
): Grader {
  return { name, needs, grade };
}

function gradeLimit(
  value: number,
  options: { readonly max: number; readonly zeroAt?: number | undefined },
  what: string,
): Grade {
  const zeroAt = options.zeroAt ?? options.max;
  if (value <= options.max) return scored(1, what);
  if (value >= zeroAt) return scored(0, `${what}, more than ${options.max}`);
  return scored((zeroAt - value) / (zeroAt - options.max), what);
}

function measure(text: string, unit: LengthOptions['unit']): number {
  if (unit === 'lines') return text === '' ? 0 : text.split('\n').length;
  if (unit === 'words') {
    return (
      text.match(
        /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu,
      )?.length ?? 0
    );
  }
  let count = 0;
  for (const _character of text) count++;
  return count;
}
