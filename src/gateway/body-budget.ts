/** Bytes of request bodies that are in memory now, over all calls. */
export interface BodyBudget {
  /** False when the bytes do not fit; nothing was taken then. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  readonly limitBytes: number;
  readonly inUse: number;
}

/** Creates the budget; `limit` is read each time, so that a reload takes effect. */
export function createBodyBudget(limit: () => number): BodyBudget {
  let inUse = 0;
  return {
    take(bytes) {
      if (inUse + bytes > limit()) return false;
      inUse += bytes;
      return true;
    },
    give(bytes) {
      inUse -= bytes;
    },
    get limitBytes() {
      return limit();
    },
    get inUse() {
      return inUse;
    },
  };
}
