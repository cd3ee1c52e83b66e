import type { Frame } from './frame.ts';

/** How one pair was graded. Scores lie in [0, 1], differences (candidate − incumbent) in [−1, 1]. */
export type Grade =
  | {
      readonly kind: 'scores';
      readonly candidate: number;
      readonly incumbent: number;
      /** Score of a second fresh answer of the incumbent: the noise floor. */
      readonly again?: number;
    }
  /** A pairwise judge in both orders; `isContradiction` when the orders disagree (the difference is 0 then). */
  | { readonly kind: 'difference'; readonly difference: number; readonly isContradiction?: boolean }
  /** Equality with the incumbent's first answer, of the candidate and of the incumbent's second answer. */
  | { readonly kind: 'triple'; readonly candidateEqual: boolean; readonly incumbentEqual: boolean }
  | { readonly kind: 'ungradable' };

/** A live pair: one call of a conversation that both arms answer, drawn with its unit's coin. */
export interface LiveAssigned {
  readonly type: 'assigned';
  readonly at: number;
  readonly unit: string;
  readonly case: string;
  readonly probability: number;
  /** Slices of the unit; those of its first pair count. */
  readonly slices?: readonly string[];
}

/** What happened, in order. `at` is milliseconds since 1970. Each (trial, case, arm) is used once. */
export type TrialEvent =
  | { readonly type: 'locked'; readonly at: number; readonly frame: Frame; readonly frameHash: string }
  /** Durable before the call. A stored unit is assigned whole; live pairs one by one, with their coin's chance. */
  | { readonly type: 'assigned'; readonly at: number; readonly unit: string }
  | LiveAssigned
  | {
      readonly type: 'answered';
      readonly at: number;
      readonly case: string;
      readonly arm: 'candidate' | 'incumbent';
      /** `failed`: refused by the server, timed out, error, empty. */
      readonly outcome: 'answered' | 'failed';
      /** A stored incumbent answer is refused: cases chosen by it are biased by it. */
      readonly origin?: 'fresh' | 'stored';
    }
  | { readonly type: 'graded'; readonly at: number; readonly case: string; readonly grade: Grade }
  | { readonly type: 'labelled'; readonly at: number; readonly case: string; readonly difference: number }
  | {
      readonly type: 'control-graded';
      readonly at: number;
      readonly case: string;
      readonly difference: number;
    }
  | { readonly type: 'unit-closed'; readonly at: number; readonly unit: string }
  | { readonly type: 'deadline-passed'; readonly at: number; readonly unit: string }
  /** A call outside the pairs ended: bad = error, invalid schema, refusal, thumbs down. */
  | {
      readonly type: 'observed';
      readonly at: number;
      readonly arm: 'candidate' | 'incumbent';
      readonly isBad: boolean;
    }
  /** Somebody looked: the only moment at which a trial ends by its evidence. */
  | { readonly type: 'looked'; readonly at: number }
  | { readonly type: 'advanced'; readonly at: number; readonly by: string; readonly to: 'step' | 'stage' }
  | { readonly type: 'held'; readonly at: number; readonly by: string }
  | { readonly type: 'resumed'; readonly at: number; readonly by: string }
  | { readonly type: 'alarmed'; readonly at: number }
  | { readonly type: 'rolled-back'; readonly at: number; readonly by: string }
  | { readonly type: 'approved'; readonly at: number; readonly by: string };

/** Why an event was refused; the state is as if it had never come. */
export type RefusalCode =
  | 'frame'
  | 'hash'
  | 'unknown'
  | 'order'
  | 'duplicate'
  | 'coin'
  | 'value'
  | 'too-early'
  | 'too-late'
  | 'state'
  | 'person';

export interface Refusal {
  readonly code: RefusalCode;
  readonly text: string;
}

const eventTypes: ReadonlySet<string> = new Set<TrialEvent['type']>([
  'locked',
  'assigned',
  'answered',
  'graded',
  'labelled',
  'control-graded',
  'unit-closed',
  'deadline-passed',
  'observed',
  'looked',
  'advanced',
  'held',
  'resumed',
  'alarmed',
  'rolled-back',
  'approved',
]);

/** What is wrong with the shape of an event that came from a log or a script; the types cannot vouch for those. */
export function findShapeFault(event: TrialEvent): Refusal | undefined {
  const fault = (text: string): Refusal => ({ code: 'value', text });
  if (!eventTypes.has(event.type)) return { code: 'unknown', text: `Cannot read the event "${event.type}"` };
  if (!(event.at >= 0 && event.at < Infinity)) return fault(`Cannot use the time ${event.at}`);
  if (event.type === 'answered' || event.type === 'observed') {
    const arms: readonly string[] = ['candidate', 'incumbent'];
    if (!arms.includes(event.arm)) return fault(`Cannot find the arm "${event.arm}"`);
  }
  if (event.type === 'answered') {
    const outcomes: readonly string[] = ['answered', 'failed'];
    if (!outcomes.includes(event.outcome)) return fault(`Cannot use the outcome "${event.outcome}"`);
  }
  if (event.type === 'observed' && typeof event.isBad !== 'boolean') {
    return fault('Cannot use the observation');
  }
  if ('unit' in event && typeof event.unit !== 'string') return fault('Cannot use a unit without a name');
  if ('case' in event && typeof event.case !== 'string') return fault('Cannot use a case without a name');
  return undefined;
}
