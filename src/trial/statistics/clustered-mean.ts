import { assertValues } from './assert-range.ts';

/** A mean with the standard error that its dependence allows. */
export interface ClusteredMean {
  readonly mean: number;
  /** Cluster-robust: SE² = n⁻² Σ_g (Σ_{i∈g} (d_i − d̄))². */
  readonly error: number;
  /** What it would be if all values were independent (divisor n − 1). */
  readonly naiveError: number;
  readonly values: number;
  readonly clusters: number;
}

/**
 * Mean over all values with a cluster-robust standard error (Liang & Zeger 1986; for evaluations Miller 2024,
 * arXiv 2411.00640). `clusters` are conversations or documents, each with its values in [−1, 1]. Descriptive:
 * decisions use one bet per cluster.
 */
export function toClusteredMean(clusters: readonly (readonly number[])[]): ClusteredMean {
  const all = clusters.flat();
  assertValues('clusters', all, [-1, 1]);
  const count = all.length;
  const mean = all.reduce((sum, value) => sum + value, 0) / count;
  let between = 0;
  for (const cluster of clusters) {
    const gap = cluster.reduce((sum, value) => sum + value - mean, 0);
    between += gap * gap;
  }
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    mean,
    error: Math.sqrt(between) / count,
    naiveError: count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0,
    values: count,
    clusters: clusters.length,
  };
}
