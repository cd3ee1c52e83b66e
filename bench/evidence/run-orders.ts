/** Runs the first-stage rule of a trial over a recorded pair of models, in many orders. */
import { createSeededRandom } from '../../src/kernel/index.ts';
import { type BetGridKind, createEProcess } from '../../src/trial/statistics/index.ts';

/** What is fixed before the first pair. */
export type Rule = {
  readonly margin: number;
  /** E of "not worse by the margin" that ends with Switch. */
  readonly switchAt: number;
  /** E of "worse by the margin" that ends with Stay. */
  readonly stayAt: number;
  /** `linear` decides sooner where few pairs differ, as in tables of right and wrong; `log` where many do. */
  readonly grid: BetGridKind;
  /** Fewest pairs for a Switch. */
  readonly pairsMin: number;
};

export type Decision = 'switch' | 'stay' | 'undecided';

/** One order's end and the pairs it took. */
export type OrderResult = { readonly verdict: Decision; readonly pairs: number };

/** Orders of `rows` rows, the same for every pair of models of a table: seed and number reproduce one. */
export function drawOrders(rows: number, orders: number, seed: number): readonly Uint32Array[] {
  return Array.from({ length: orders }, (_order, number) => {
    const random = createSeededRandom(seed * 100_003 + number);
    const order = Uint32Array.from({ length: rows }, (_row, at) => at);
    for (let at = rows - 1; at > 0; at--) {
      const other = Math.floor(random.unit() * (at + 1));
      const kept = order[at] ?? 0;
      order[at] = order[other] ?? 0;
      order[other] = kept;
    }
    return order;
  });
}

/**
 * The paired differences of two columns as indices into their distinct values; rows that either model did
 * not run have none (255). Recorded differences have few values, so each bet's gain is computed once.
 */
export type Differences = {
  readonly index: Uint8Array;
  readonly values: readonly number[];
  readonly pairs: number;
  readonly mean: number;
};

const NO_PAIR = 255;

/** Differences candidate minus incumbent; scores are rounded to thousandths so that their values stay few. */
export function toDifferences(incumbent: Float32Array, candidate: Float32Array): Differences {
  const index = new Uint8Array(incumbent.length).fill(NO_PAIR);
  const values: number[] = [];
  let sum = 0;
  let pairs = 0;
  for (let row = 0; row < incumbent.length; row++) {
    const value = Math.round(((candidate[row] ?? Number.NaN) - (incumbent[row] ?? Number.NaN)) * 1000) / 1000;
    if (Number.isNaN(value)) continue;
    let at = values.indexOf(value);
    if (at < 0) at = values.push(value) - 1;
    if (at >= NO_PAIR) {
      throw new RangeError('Cannot run this table: scores differ in more than 254 ways; round them');
    }
    index[row] = at;
    sum += value;
    pairs++;
  }
  return { index, values, pairs, mean: pairs === 0 ? 0 : sum / pairs };
}

/** Log wealth gained by each bet of a process for each distinct difference. */
type Gains = { readonly bets: number; readonly table: Float64Array };

function toGains(side: 'not-worse' | 'worse', { margin, grid }: Rule, values: readonly number[]): Gains {
  const { bets } = createEProcess(side, margin, grid);
  const table = new Float64Array(bets.length * values.length);
  for (const [at, value] of values.entries()) {
    const x = side === 'not-worse' ? value + margin : -value - margin;
    for (const [bet, size] of bets.entries()) table[at * bets.length + bet] = Math.log1p(size * x);
  }
  return { bets: bets.length, table };
}

/** Adds one pair's gains and gives the largest log wealth. */
function addGains(wealth: Float64Array, gains: Gains, at: number): number {
  let most = Number.NEGATIVE_INFINITY;
  const from = at * gains.bets;
  for (let bet = 0; bet < gains.bets; bet++) {
    const next = (wealth[bet] ?? 0) + (gains.table[from + bet] ?? 0);
    wealth[bet] = next;
    if (next > most) most = next;
  }
  return most;
}

/** log E of the mixture. */
function toMixture(wealth: Float64Array, most: number): number {
  let sum = 0;
  for (const one of wealth) sum += Math.exp(one - most);
  return most + Math.log(sum / wealth.length);
}

/** Runs each order to its end. With no pair in which the arms differ all orders are the same; then one is run. */
export function runOrders(
  differences: Differences,
  orders: readonly Uint32Array[],
  rule: Rule,
): readonly OrderResult[] {
  const proof = toGains('not-worse', rule, differences.values);
  const harm = toGains('worse', rule, differences.values);
  const matters = differences.values.length > 1;
  return (matters ? orders : orders.slice(0, 1)).map((order) =>
    runOrder(differences, order, { proof, harm, rule }),
  );
}

type Machine = { readonly proof: Gains; readonly harm: Gains; readonly rule: Rule };

function runOrder(differences: Differences, order: Uint32Array, { proof, harm, rule }: Machine): OrderResult {
  const proofWealth = new Float64Array(proof.bets);
  const harmWealth = new Float64Array(harm.bets);
  const switchAt = Math.log(rule.switchAt);
  const stayAt = Math.log(rule.stayAt);
  let pairs = 0;
  for (const row of order) {
    const at = differences.index[row] ?? NO_PAIR;
    if (at === NO_PAIR) continue;
    pairs++;
    const harmMost = addGains(harmWealth, harm, at);
    const proofMost = addGains(proofWealth, proof, at);
    // E is at most the largest wealth, so most pairs need no exponential.
    if (harmMost >= stayAt && toMixture(harmWealth, harmMost) >= stayAt) return { verdict: 'stay', pairs };
    if (pairs >= rule.pairsMin && proofMost >= switchAt && toMixture(proofWealth, proofMost) >= switchAt) {
      return { verdict: 'switch', pairs };
    }
  }
  return { verdict: 'undecided', pairs };
}

/** All orders of one pair of models together. */
export type PairSummary = {
  readonly verdict: Decision;
  /** Share of the orders that end with this verdict. */
  readonly share: number;
  /** Median and 95 % quantile of the pairs over the orders with this verdict. */
  readonly medianPairs: number;
  readonly pairs95: number;
  readonly orders: number;
  readonly shares: { readonly switch: number; readonly stay: number; readonly undecided: number };
  /** Share of the orders whose verdict the full table contradicts. */
  readonly wrong: number;
};

/** Sums orders up; ties between verdicts go to the more cautious one. */
export function summarise(results: readonly OrderResult[], difference: number, margin: number): PairSummary {
  const shareOf = (verdict: Decision): number =>
    results.filter((one) => one.verdict === verdict).length / results.length;
  const shares = { undecided: shareOf('undecided'), stay: shareOf('stay'), switch: shareOf('switch') };
  let verdict: Decision = 'undecided';
  for (const other of ['stay', 'switch'] as const) if (shares[other] > shares[verdict]) verdict = other;
  const pairs = results
    .filter((one) => one.verdict === verdict)
    .map((one) => one.pairs)
    .toSorted((left, right) => left - right);
  const isWithin = difference > -margin;
  return {
    verdict,
    share: shares[verdict],
    medianPairs: quantile(pairs, 0.5),
    pairs95: quantile(pairs, 0.95),
    orders: results.length,
    shares,
    wrong: isWithin ? shares.stay : shares.switch,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}
