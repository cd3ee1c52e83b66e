import type { VerifyFinding } from './verify-report.ts';

/** Limit: findings listed; all are counted. One wrong row may make thousands of others wrong. */
const listedMax = 100;

export type FindingPlace = Partial<Pick<VerifyFinding, 'org' | 'writer' | 'seq' | 'id'>>;

/** Collects what is wrong. */
export class FindingList {
  readonly listed: VerifyFinding[] = [];
  count = 0;

  add(kind: VerifyFinding['kind'], text: string, place: FindingPlace = {}): void {
    this.count += 1;
    if (this.listed.length >= listedMax) return;
    const { org = null, writer = null, seq = null, id = null } = place;
    this.listed.push({ kind, org, writer, seq, id, text });
  }

  /** Forgets all findings after the first `count`. */
  takeBack(count: number): void {
    this.count = count;
    this.listed.length = Math.min(this.listed.length, count);
  }
}
