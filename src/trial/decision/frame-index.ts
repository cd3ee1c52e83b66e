import { planOrder } from './coin.ts';
import type { Frame, UnitFrame } from './frame.ts';
import type { TrialState } from './trial-state.ts';

/** Look-ups that follow from a frame: the drawn order of each stored stage and where each case belongs. */
export interface FrameIndex {
  /** Per stage: units in betting order (empty for live stages). */
  readonly order: readonly (readonly UnitFrame[])[];
  readonly unitOfCase: ReadonlyMap<string, string>;
  /** Place of a unit in the order of its stage. */
  readonly placeOfUnit: ReadonlyMap<string, { readonly stage: number; readonly place: number }>;
}

/** Derived, so it is no part of the state; kept beside the frame object that it was derived from. */
const indexes = new WeakMap<Frame, FrameIndex>();

/** The index of a state's frame. */
export function toFrameIndex(state: Pick<TrialState, 'frame' | 'frameHash'>): FrameIndex {
  const kept = indexes.get(state.frame);
  if (kept !== undefined) return kept;
  const unitOfCase = new Map<string, string>();
  const placeOfUnit = new Map<string, { stage: number; place: number }>();
  const order = state.frame.stages.map((stage, number) => {
    if (stage.kind !== 'stored') return [];
    const drawn = planOrder(state.frameHash, stage.name, stage.units.length).map(
      (position) => stage.units[position] as UnitFrame,
    );
    for (const [place, unit] of drawn.entries()) {
      placeOfUnit.set(unit.unit, { stage: number, place });
      for (const id of unit.cases) unitOfCase.set(id, unit.unit);
    }
    return drawn;
  });
  const index = { order, unitOfCase, placeOfUnit };
  indexes.set(state.frame, index);
  return index;
}
