import type { EntryRow, LedgerReadStore, RollUpKey, RollUpSums, SpendingRow } from '../store/ledger/index.ts';
import type { FindingList } from './finding-list.ts';
import type { CallTuple } from './record-format.ts';
import { createRollUps, dayMs, hourMs, toCellName, toDay, toHour } from './roll-up.ts';

/**
 * How much is compared: all of a small ledger, and of a big one the newest and some older parts, evenly
 * spread.
 */
const newestHours = 48;
const olderHours = 48;
const newestDays = 7;
const olderDays = 14;

interface Sample {
  /** What has sums. */
  readonly all: ReadonlySet<number>;
  /** What is compared of it. */
  readonly chosen: ReadonlySet<number>;
}

/** Newest first in, the newest and evenly spread older ones out. */
function toSample(values: readonly number[], newest: number, older: number): number[] {
  const rest = values.slice(newest);
  const step = Math.max(1, Math.ceil(rest.length / older));
  return [...values.slice(0, newest), ...rest.filter((_, index) => index % step === 0)];
}

function toSumText(sums: RollUpSums): string {
  const { histograms, ...numbers } = sums;
  const plain = Object.entries(numbers)
    .filter(([name]) => sumNames.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`);
  return [...plain, `histograms ${Buffer.from(histograms).toString('hex')}`].join(', ');
}

const sumNames = new Set([
  'calls',
  'unpriced',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'cost',
]);

function toSpendingName({ org, day, key, currency }: SpendingRow): string {
  return `${day}\n${org}\n${key}\n${currency}`;
}

/** Adds up rows of sampled hours and days, and compares with what the roll-ups held when the check began. */
export class SumCheck {
  readonly #hours = new Map<string, Sample>();
  readonly #days: Sample;
  readonly #prunedAt: number;
  readonly #cells = new Map<string, RollUpSums>();
  readonly #spending = new Map<string, SpendingRow>();
  readonly #rollUps: ReturnType<typeof createRollUps>;
  readonly #summed = new Map<string, { key: RollUpKey; sums: RollUpSums }>();
  readonly #spent: SpendingRow[] = [];

  /**
   * Reads the sample; call it at the moment of the snapshot. Rows up to `prunedAt` may be gone and are not
   * compared.
   */
  constructor(store: LedgerReadStore, prunedAt: number) {
    this.#prunedAt = prunedAt;
    for (const org of new Set([...store.readOrgs(), ...store.readRollUpOrgs()])) {
      const all = store.readRollUpHours(org).filter((hour) => hour * hourMs > prunedAt);
      const chosen = new Set(toSample(all, newestHours, olderHours));
      this.#hours.set(org, { all: new Set(all), chosen });
      for (const hour of chosen) {
        for (const row of store.readRollUps(org, hour, hour + 1)) {
          this.#cells.set(toCellName(row), { ...row, cost: BigInt(row.costText) });
        }
      }
    }
    const days = store.readSpendingDays().filter((day) => day * dayMs > prunedAt);
    const chosen = new Set(toSample(days, newestDays, olderDays));
    this.#days = { all: new Set(days), chosen };
    for (const row of chosen.size === 0 ? [] : store.readSpending(Math.min(...chosen))) {
      if (chosen.has(row.day)) this.#spending.set(toSpendingName(row), row);
    }
    this.#rollUps = createRollUps({
      readRollUp: () => null,
      writeRollUp: (key, sums) => void this.#summed.set(toCellName(key), { key, sums }),
      addSpending: (row) => void this.#spent.push(row),
    });
  }

  add(call: CallTuple, row: EntryRow): void {
    const price = { cost: row.costText === null ? null : BigInt(row.costText), currency: row.currency };
    if (this.#isMeant(this.#hours.get(call[4]), toHour(call), hourMs)) this.#rollUps.addCall(call, price);
    if (this.#isMeant(this.#days, toDay(call), dayMs)) this.#rollUps.addSpending(call, price);
  }

  /** Sampled, or without any sum at all, which is wrong whatever the sample. */
  #isMeant(sample: Sample | undefined, part: number, partMs: number): boolean {
    if (part * partMs <= this.#prunedAt) return false;
    return sample === undefined || sample.chosen.has(part) || !sample.all.has(part);
  }

  finish(findings: FindingList): void {
    this.#rollUps.write();
    for (const name of new Set([...this.#cells.keys(), ...this.#summed.keys()])) {
      const found = this.#cells.get(name);
      const summed = this.#summed.get(name)?.sums;
      const foundText = found === undefined ? 'nothing' : toSumText(found);
      const summedText = summed === undefined ? 'nothing' : toSumText(summed);
      if (foundText === summedText) continue;
      const where = name.replaceAll('\n', ' / ');
      findings.add('rollup-differs', `Roll-up ${where} holds ${foundText}; its rows give ${summedText}`);
    }
    this.#compareSpending(findings);
  }

  #compareSpending(findings: FindingList): void {
    const spent = new Map(this.#spent.map((row) => [toSpendingName(row), row]));
    for (const name of new Set([...this.#spending.keys(), ...spent.keys()])) {
      const found = this.#spending.get(name);
      const summed = spent.get(name);
      if (found?.calls === summed?.calls && found?.cost === summed?.cost) continue;
      const where = name.replaceAll('\n', ' / ');
      const text = `Spending ${where} holds ${found?.cost ?? 0n} of ${found?.calls ?? 0} calls; rows give ${summed?.cost ?? 0n} of ${summed?.calls ?? 0}`;
      findings.add('rollup-differs', text);
    }
  }
}
