import { assertInside, assertRange } from './assert-range.ts';
import { normalQuantile } from './special-functions.ts';

/** What a prediction-powered mean is computed from: any bounded or unbounded finite scores. */
export interface JudgedSample {
  /** Human labels of the labelled items. */
  readonly labels: readonly number[];
  /** The judge's scores of the same items, in the same order. */
  readonly judged: readonly number[];
  /** The judge's scores of items without a label. */
  readonly unlabelled: readonly number[];
}

export interface JudgedMean {
  /** Weight of the judge, [0, 1]; 0 is the plain mean of the labels. */
  readonly weight: number;
  readonly mean: number;
  readonly error: number;
  readonly lower: number;
  readonly upper: number;
}

function moments(values: readonly number[]): { mean: number; squares: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, squares: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) };
}

function assertSample(sample: JudgedSample): void {
  const { labels, judged, unlabelled } = sample;
  if (labels.length < 2 || labels.length !== judged.length || unlabelled.length < 2) {
    throw new RangeError(
      `Cannot use ${labels.length} labels, ${judged.length} judged, ${unlabelled.length} unlabelled: ` +
        'labels and judged must pair up, with at least 2 of each kind',
    );
  }
  for (const value of [...labels, ...judged, ...unlabelled]) {
    if (!Number.isFinite(value)) throw new RangeError(`Cannot use the score ${value}: it must be finite`);
  }
}

/**
 * PPI++ mean (Angelopoulos, Duchi & Zrnic 2023): λ·mean(f_unlabelled) + mean(h − λ f), normal interval at one
 * fixed n. The weight defaults to the one of least variance, cov(h, f) / ((1 + n/N) var f) clipped to [0, 1],
 * as in the authors' `ppi_py`. For decisions under repeated looks use `JudgeProcess`.
 */
export function toJudgedMean(
  sample: JudgedSample,
  options: { readonly alpha?: number; readonly weight?: number } = {},
): JudgedMean {
  assertSample(sample);
  const alpha = options.alpha ?? 0.05;
  assertInside('alpha', alpha, [0, 1]);
  const { labels, judged, unlabelled } = sample;
  const n = labels.length;
  const label = moments(labels);
  const judge = moments(judged);
  const together = moments([...judged, ...unlabelled]);
  let products = 0;
  for (let index = 0; index < n; index++) {
    products += ((labels[index] as number) - label.mean) * ((judged[index] as number) - judge.mean);
  }
  const variance = together.squares / (n + unlabelled.length - 1);
  const best = variance === 0 ? 0 : products / n / ((1 + n / unlabelled.length) * variance);
  const weight = options.weight ?? Math.min(1, Math.max(0, best));
  assertRange('weight', weight, [0, 1]);
  const corrections = moments(labels.map((value, index) => value - weight * (judged[index] as number)));
  const free = moments(unlabelled);
  const mean = weight * free.mean + corrections.mean;
  const freeVariance = (weight * weight * free.squares) / unlabelled.length;
  const error = Math.sqrt(freeVariance / unlabelled.length + corrections.squares / n / n);
  const half = normalQuantile(1 - alpha / 2) * error;
  return { weight, mean, error, lower: mean - half, upper: mean + half };
}
