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

/** Whether a value can be the time of an event. Null, which JSON makes of NaN, would pass a comparison as 0. */
export function isTime(at: unknown): at is number {
  return typeof at === 'number' && at >= 0 && at < Infinity;
}

const namedEvents: ReadonlySet<string> = new Set(['assigned', 'unit-closed', 'deadline-passed']);
const caseEvents: ReadonlySet<string> = new Set(['answered', 'graded', 'labelled', 'control-graded']);
const personEvents: ReadonlySet<string> = new Set(['advanced', 'held', 'resumed', 'rolled-back', 'approved']);

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

/** What is wrong with the shape of an event that came from a log or a script; the types cannot vouch for those. */
export function findShapeFault(event: TrialEvent): Refusal | undefined {
  const fault = (text: string): Refusal => ({ code: 'value', text });
  if (typeof event !== 'object' || event === null) return fault('Cannot read an event that is no object');
  if (!eventTypes.has(event.type)) return { code: 'unknown', text: `Cannot read the event "${event.type}"` };
  if (!isTime(event.at)) return fault(`Cannot use the time ${String(event.at)}`);
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
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  if (namedEvents.has(event.type) && typeof fields['unit'] !== 'string') {
    return fault('Cannot use a unit without a name');
  }
  if ((caseEvents.has(event.type) || 'case' in event) && typeof fields['case'] !== 'string') {
    return fault('Cannot use a case without a name');
  }
  if (personEvents.has(event.type) && typeof fields['by'] !== 'string') {
    return fault('Cannot use an act of nobody');
  }
  if (event.type === 'advanced' && event.to !== 'step' && event.to !== 'stage') {
    return fault('Cannot advance to anything but a step or a stage');
  }
  const { slices } = fields;
  if (event.type === 'assigned' && slices !== undefined && !isListOfTexts(slices)) {
    return fault('Cannot use slices that are no list of names');
  }
  return undefined;
}
