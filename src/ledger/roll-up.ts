import type { LedgerWriteStore, RollUpKey, RollUpSums } from '../store/ledger/index.ts';
import { addEncoded, addLatency, createHistogram, encodeHistograms, type Histogram } from './histogram.ts';
import type { CallTuple } from './record-format.ts';

/** Milliseconds of a cell's hour, and of a spending day. */
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/**
 * Limit: cells kept in memory between commits; beyond it they are read again. A busy hour has some hundreds.
 */
const cellsMax = 5_000;

interface Cell {
  readonly key: RollUpKey;
  calls: number;
  unpriced: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  cost: bigint;
  readonly total: Histogram;
  readonly firstToken: Histogram;
  isChanged: boolean;
}

interface DaySpending {
  readonly org: string;
  readonly day: number;
  readonly key: string;
  readonly currency: string;
  calls: number;
  cost: bigint;
}

/** The price of a call, which is not part of its record. */
export interface CallPrice {
  readonly cost: bigint | null;
  readonly currency: string | null;
}

/** Hourly sums per (org, team, route, offer, status class, purpose, currency) and daily spending per key. */
export interface RollUps {
  addCall(call: CallTuple, price: CallPrice): void;
  /** Counts only `client` calls that have a price. */
  addSpending(call: CallTuple, price: CallPrice): void;
  /** Writes what has changed, inside the transaction of the rows. */
  write(): void;
  /** Forgets everything in memory: what was added is not in the file, because its transaction failed. */
  reset(): void;
}

/** The hour of a call, counted from 1970. */
export function toHour(call: CallTuple): number {
  return Math.floor(call[3] / hourMs);
}

/** The UTC day of a call, counted from 1970. */
export function toDay(call: CallTuple): number {
  return Math.floor(call[3] / dayMs);
}

/** Which cell a call belongs to. */
function toRollUpKey(call: CallTuple, currency: string | null): RollUpKey {
  return {
    org: call[4],
    hour: toHour(call),
    team: call[5] ?? '',
    route: call[10],
    offer: call[12] ?? '',
    statusClass: Math.floor(call[19] / 100),
    purpose: call[7],
    currency: currency ?? '',
  };
}

/** One text per cell; a line feed cannot be part of a name. */
export function toCellName(key: RollUpKey): string {
  return `${key.hour}\n${key.org}\n${key.route}\n${key.offer}\n${key.statusClass}\n${key.purpose}\n${key.team}\n${key.currency}`;
}

function toCell(key: RollUpKey, sums: RollUpSums | null): Cell {
  const total = createHistogram();
  const firstToken = createHistogram();
  if (sums !== null) addEncoded([total, firstToken], sums.histograms);
  return {
    key,
    calls: sums?.calls ?? 0,
    unpriced: sums?.unpriced ?? 0,
    inputTokens: sums?.inputTokens ?? 0,
    cacheReadTokens: sums?.cacheReadTokens ?? 0,
    cacheWriteTokens: sums?.cacheWriteTokens ?? 0,
    outputTokens: sums?.outputTokens ?? 0,
    reasoningTokens: sums?.reasoningTokens ?? 0,
    cost: sums?.cost ?? 0n,
    total,
    firstToken,
    isChanged: false,
  };
}

function addToCell(cell: Cell, call: CallTuple, cost: bigint | null): void {
  cell.calls += 1;
  cell.isChanged = true;
  const usage = call[22];
  if (usage !== null) {
    cell.inputTokens += usage[0];
    cell.cacheReadTokens += usage[1];
    cell.cacheWriteTokens += usage[2];
    cell.outputTokens += usage[3];
    cell.reasoningTokens += usage[4];
    if (cost === null) cell.unpriced += 1;
  }
  if (cost !== null) cell.cost += cost;
  addLatency(cell.total, call[26]);
  const firstTokenUs = call[28];
  if (firstTokenUs !== null) addLatency(cell.firstToken, firstTokenUs);
}

function toSums(cell: Cell): RollUpSums {
  return {
    calls: cell.calls,
    unpriced: cell.unpriced,
    inputTokens: cell.inputTokens,
    cacheReadTokens: cell.cacheReadTokens,
    cacheWriteTokens: cell.cacheWriteTokens,
    outputTokens: cell.outputTokens,
    reasoningTokens: cell.reasoningTokens,
    cost: cell.cost,
    histograms: encodeHistograms([cell.total, cell.firstToken]),
  };
}

/** Keeps the cells that are being filled in memory, so that a commit writes each once and reads none. */
export function createRollUps(
  store: Pick<LedgerWriteStore, 'readRollUp' | 'writeRollUp' | 'addSpending'>,
): RollUps {
  const cells = new Map<string, Cell>();
  const spending = new Map<string, DaySpending>();

  function findCell(key: RollUpKey): Cell {
    const name = toCellName(key);
    let cell = cells.get(name);
    if (cell === undefined) {
      cell = toCell(key, store.readRollUp(key));
      cells.set(name, cell);
    }
    return cell;
  }
  function findSpending(call: CallTuple, currency: string): DaySpending {
    const day = toDay(call);
    const name = `${day}\n${call[4]}\n${call[6]}\n${currency}`;
    let row = spending.get(name);
    if (row === undefined) {
      row = { org: call[4], day, key: call[6], currency, calls: 0, cost: 0n };
      spending.set(name, row);
    }
    return row;
  }
  return {
    addCall: (call, { cost, currency }) => addToCell(findCell(toRollUpKey(call, currency)), call, cost),
    addSpending(call, { cost, currency }) {
      if (cost === null || call[7] !== 'client') return;
      const row = findSpending(call, currency ?? '');
      row.calls += 1;
      row.cost += cost;
    },
    write() {
      for (const cell of cells.values()) {
        if (!cell.isChanged) continue;
        store.writeRollUp(cell.key, toSums(cell));
        cell.isChanged = false;
      }
      for (const row of spending.values()) store.addSpending(row);
      spending.clear();
      if (cells.size > cellsMax) cells.clear();
    },
    reset() {
      cells.clear();
      spending.clear();
    },
  };
}
