// Plays a stage of a trial against the decision machine: assigns, answers, grades and looks, with scores that
// come late or never. The machine sees events only, as it would from a runner.
import {
  type Grade,
  planOrder,
  tossCoin,
  type TrialEvent,
  type TrialFold,
} from '../../src/trial/decision/index.ts';

/** What will happen to one pair. */
export interface PairPlan {
  readonly candidate?: 'answered' | 'failed' | 'never';
  readonly incumbent?: 'answered' | 'failed' | 'never';
  /** Absent: the grader never answers. */
  readonly grade?: Grade;
  /** Units assigned before the grade arrives. */
  readonly lateUnits?: number;
  /** The reviewer's label, if the coin draws the pair; absent: the reviewer never answers. */
  readonly label?: number;
  /** A reviewer who labels without having been asked. */
  readonly isUnasked?: boolean;
}

/** Where a unit sits: its number in the frame, its place in time, its share of the stage that has passed. */
export interface UnitPlace {
  readonly number: number;
  readonly place: number;
  readonly day: number;
}

export interface StageOptions {
  readonly plan: (id: string, at: UnitPlace) => PairPlan;
  /** Live stages: units offered and days they span. */
  readonly units?: number;
  readonly days?: number;
  readonly slices?: (at: UnitPlace) => readonly string[];
}

const startAt = Date.UTC(2026, 0, 5, 12);
const dayMs = 86_400_000;
/** Between two stored units; deadlines of the frames are multiples of it. */
export const unitMs = 1000;

/** One waiting event. */
interface Later {
  readonly place: number;
  readonly event: (at: number) => TrialEvent;
}

function pairEvents(id: string, at: number, plan: PairPlan): TrialEvent[] {
  const events: TrialEvent[] = [];
  for (const arm of ['incumbent', 'candidate'] as const) {
    const outcome = plan[arm] ?? 'answered';
    if (outcome !== 'never') events.push({ type: 'answered', at, case: id, arm, outcome });
  }
  return events;
}

class StagePlayer {
  readonly #fold: TrialFold;
  readonly #options: StageOptions;
  readonly #late: Later[] = [];
  readonly #deadlineMs: number;
  readonly #open: { unit: string; due: number }[] = [];

  constructor(fold: TrialFold, options: StageOptions) {
    this.#fold = fold;
    this.#options = options;
    const state = fold.state();
    this.#deadlineMs = state.frame.stages[state.stages.length - 1]?.deadlineMs ?? 0;
  }

  get isRunning(): boolean {
    const state = this.#fold.state();
    return (
      state.ending === undefined && state.alarm === undefined && state.stages.at(-1)?.status === 'running'
    );
  }

  /** Everything of one pair that happens now, and the rest later. */
  playPair(id: string, at: number, place: UnitPlace): void {
    const plan = this.#options.plan(id, place);
    for (const event of pairEvents(id, at, plan)) this.#fold.apply(event);
    const { grade, label } = plan;
    if (grade !== undefined) {
      const late = plan.lateUnits ?? 0;
      if (late === 0) this.#fold.apply({ type: 'graded', at, case: id, grade });
      else {
        this.#late.push({
          place: place.place + late,
          event: (then) => ({ type: 'graded', at: then, case: id, grade }),
        });
      }
    }
    // The machine refuses a label that its coin did not ask for; reviewers who give them change nothing.
    if (label !== undefined) this.#fold.apply({ type: 'labelled', at, case: id, difference: label });
  }

  open(unit: string, at: number): void {
    this.#open.push({ unit, due: at + this.#deadlineMs });
  }

  /** Delivers what has become due, gives up what is past its deadline, and looks. */
  pass(place: number, at: number): void {
    if (this.#late.length > 0) {
      for (let index = this.#late.length - 1; index >= 0; index--) {
        const later = this.#late[index] as Later;
        if (later.place > place) continue;
        this.#fold.apply(later.event(at));
        this.#late.splice(index, 1);
      }
    }
    for (let first = this.#open[0]; first !== undefined && first.due <= at; first = this.#open[0]) {
      this.#fold.apply({ type: 'deadline-passed', at, unit: first.unit });
      this.#open.shift();
    }
    this.#fold.apply({ type: 'looked', at });
  }

  /** After the last unit: waits for every late event and deadline. */
  finish(place: number, at: number): void {
    for (let extra = 1; this.isRunning && (this.#late.length > 0 || this.#open.length > 0); extra++) {
      this.pass(place + extra, at + extra * this.#deadlineMs);
      if (extra > 2) this.#late.length = 0;
    }
  }
}

/** Plays the stored stage that is current, in the order that the machine drew. */
export function playStored(fold: TrialFold, options: StageOptions): void {
  const state = fold.state();
  const stage = state.frame.stages[state.stages.length - 1];
  if (stage?.kind !== 'stored') throw new Error('Cannot play: the current stage is not stored');
  const player = new StagePlayer(fold, options);
  const order = planOrder(state.frameHash, stage.name, stage.units.length);
  let place = 0;
  for (; place < order.length && player.isRunning; place++) {
    const number = order[place] as number;
    const unit = stage.units[number] as (typeof stage.units)[number];
    const at = startAt + place * unitMs;
    fold.apply({ type: 'assigned', at, unit: unit.unit });
    player.open(unit.unit, at);
    for (const id of unit.cases) player.playPair(id, at, { number, place, day: 0 });
    player.pass(place, at);
  }
  player.finish(place, startAt + place * unitMs);
}

/** Plays the live stage that is current, units spread evenly over its days. */
export function playLive(fold: TrialFold, options: StageOptions): void {
  const state = fold.state();
  const stage = state.frame.stages[state.stages.length - 1];
  if (stage === undefined || stage.kind === 'stored') {
    throw new Error('Cannot play: the current stage is not live');
  }
  const player = new StagePlayer(fold, options);
  const units = options.units ?? stage.unitsMax;
  const days = options.days ?? 7;
  let place = 0;
  let at = startAt;
  for (; place < units && player.isRunning; place++) {
    at = startAt + dayMs + Math.floor((place / units) * days * dayMs);
    const day = Math.floor((place / units) * days);
    const unit = `l${state.stages.length}-${place}`;
    const share =
      state.isHeld || state.isHoldDue ? 1 : (stage.steps[state.stages.at(-1)?.step ?? 0]?.pairedShare ?? 1);
    if (tossCoin(state.frameHash, 'pair', unit) >= share) continue;
    const where = { number: place, place, day };
    const slices = options.slices?.(where) ?? [];
    fold.apply({ type: 'assigned', at, unit, case: unit, probability: share, slices });
    player.open(unit, at);
    player.playPair(unit, at, where);
    player.pass(place, at);
    if (state.isHoldDue && !state.isHeld) fold.apply({ type: 'held', at, by: 'runner' });
    if (state.isHeld) fold.apply({ type: 'resumed', at, by: 'runner' });
  }
  player.finish(place, at);
}
