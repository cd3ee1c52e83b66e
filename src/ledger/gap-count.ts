/** Calls of one org that were served and not recorded. Times are epoch milliseconds. */
export interface Gap {
  readonly org: string;
  readonly calls: number;
  /** Records of other kinds that did not fit. */
  readonly others: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Counts by org what could not be recorded, until it can be chained. */
export interface GapCount {
  /** Calls counted since the start, chained or not. */
  readonly calls: number;
  readonly isEmpty: boolean;
  add(org: string, kind: string, now: number): void;
  /** Returns the gaps and begins anew. */
  take(): readonly Gap[];
}

/** Creates an empty count. */
export function createGapCount(): GapCount {
  let gaps = new Map<string, Gap>();
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    get isEmpty() {
      return gaps.size === 0;
    },
    add(org, kind, now) {
      const before = gaps.get(org) ?? { org, calls: 0, others: 0, fromMs: now, toMs: now };
      const isCall = kind === 'call';
      if (isCall) calls += 1;
      gaps.set(org, {
        ...before,
        calls: before.calls + (isCall ? 1 : 0),
        others: before.others + (isCall ? 0 : 1),
        toMs: now,
      });
    },
    take() {
      const taken = [...gaps.values()];
      gaps = new Map();
      return taken;
    },
  };
}
