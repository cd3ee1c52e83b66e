import type { Unsaid, Verdict } from './verdict.ts';

const unsaidTexts: Readonly<Record<Unsaid, string>> = {
  'nothing-got-worse': 'that nothing got worse: single answers did, and are counted above',
  'later-periods': 'anything about next month, or after the model, the prompt or the traffic changes',
  'single-customers': 'anything about one customer',
  'unproven-slices': 'anything about a slice without a proof of its own',
  'other-hosts': 'anything about the same weights at another host',
  'precise-difference':
    'a precise difference: at the moment of stopping the mean looks better than the truth',
  'multi-turn': 'the quality of whole conversations: single turns were compared',
  safety: 'safety: no failure in 100 probes still allows 3 %',
  'live-traffic': 'anything about live traffic',
  'noise-floor': 'how often the incumbent loses against itself: it was not run twice',
};

const reasonTexts: Readonly<Record<Verdict['reason'], string>> = {
  proven: 'proven on stored cases and on live ones separately',
  harm: 'the candidate is worse than the margin allows',
  'slice-harmed': 'a critical slice is worse than the margin allows',
  alarm: 'a detector of harm gave its alarm',
  'rolled-back': 'the candidate was rolled back',
  'units-max': 'the planned number of units did not decide',
  futile: 'the rest of the planned units could not decide any more',
  'slice-not-proven': 'a critical slice was not proven',
  'below-margin': 'the estimate lies at or below the margin',
  'void-share': 'too many pairs were contradictory, ungradable or without an answer of the incumbent',
  control: 'the graders did not reject a deliberately degraded arm',
  running: 'the evidence is not complete',
  'stage-passed':
    'this stage has passed; a Switch needs the proof on stored cases and on live traffic, each by itself',
};

const kindTexts: Readonly<Record<Verdict['kind'], string>> = {
  switch: 'Switch',
  stay: 'Stay',
  'not-shown': 'Not shown',
  'not-yet': 'Not yet',
  'cannot-measure': 'Cannot measure',
};

/** Fuzz of a bound found by bisection, so that −3 is not rounded to −3.1. */
const roundingFuzz = 1e-6;

/** Score points with one decimal, a true minus sign and never "−0.0"; a bound is rounded down. */
function toPoints(value: number, round = Math.round): string {
  const points = round(value * 1000 + (round === Math.floor ? roundingFuzz : 0)) / 10;
  if (points === 0) return '0.0';
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`;
}

/** What a bound leaves open, rounded up: rounding to the nearest would claim more than was proven. */
function toLoss(bound: number): string {
  return String(Math.max(0, Math.ceil(-bound * 1000 - roundingFuzz) / 10));
}

function toBoundPoints(bound: number): string {
  return bound <= noBound ? 'none' : toPoints(bound, Math.floor);
}

/** A figure of the frame as it was set, without the dust of binary fractions. */
function toSet(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Bounds as low as this say nothing. */
const noBound = -1 + 1e-6;

function toBoundText(verdict: Verdict): string {
  if (verdict.bound <= noBound) return 'No bound of the average difference can be stated yet.';
  const error = Math.round(10_000 / verdict.threshold) / 100;
  const loss = toLoss(verdict.bound);
  return `The average score is not lower by more than ${loss} points (one-sided, error at most ${error} %).`;
}

function toStageText(stage: Verdict['stages'][number]): string {
  const name = stage.kind === 'stored' ? `stored cases ("${stage.name}")` : `live traffic ("${stage.name}")`;
  const days = stage.kind === 'stored' ? '' : ` over ${stage.days} days`;
  const failures =
    stage.candidateFailures > 0 ? `, ${stage.candidateFailures} of them failures to answer` : '';
  return (
    `On ${stage.units} units of ${name}${days}: ${stage.wins} wins, ${stage.losses} losses${failures}; ` +
    `bound ${toBoundPoints(stage.bound)}, mean at this moment ${toPoints(stage.difference)}.`
  );
}

function toFloorText(verdict: Verdict): string[] {
  const own = verdict.incumbentOwn;
  if (own === undefined) return [];
  return [`The incumbent lost ${own.losses} of ${own.pairs} pairs against itself.`];
}

function toSliceTexts(verdict: Verdict): string[] {
  return verdict.slices.map(({ name, status, bound, critical }) => {
    const label = `Slice "${name}"${critical ? ' (critical)' : ''}`;
    if (status === 'proven') {
      return `${label}: proven, not lower by more than ${toLoss(bound)} points.`;
    }
    if (status === 'harmed') return `${label}: harmed.`;
    return `${label}: not shown, could be as bad as ${toPoints(bound, Math.floor)}.`;
  });
}

function toCostText({ cost }: Verdict): string[] {
  if (cost === undefined) return [];
  const [ratio, lower, upper] = [cost.ratio.ratio, cost.ratio.lower, cost.ratio.upper].map(
    (share) => `${Math.round(share * 1000) / 10} %`,
  );
  return [
    `It cost ${ratio} of the incumbent (${lower} to ${upper}, ${cost.ratio.units} units; ${cost.conditions}).`,
  ];
}

/** The head line: kind, reason, and what would be needed. */
function toHead(verdict: Verdict): string {
  const more =
    verdict.unitsMore === undefined || verdict.unitsMore === 0
      ? ''
      : ` (about ${verdict.unitsMore} more units)`;
  return `${kindTexts[verdict.kind]}${more}: ${reasonTexts[verdict.reason]}.`;
}

/**
 * The verdict in English, bound first. Says for which cases, period, offer and grader it holds, and ends with
 * what it does not say.
 */
export function toSentence(verdict: Verdict): string {
  const scope =
    `On these cases, in this period, for "${verdict.candidate}" against "${verdict.incumbent}" on "${verdict.task}" ` +
    `with this prompt and grader; margin ${toSet(verdict.margin * 100)} points, fixed beforehand, ` +
    `attempt ${verdict.attempt}, E ≥ ${toSet(verdict.threshold)} needed in each stage.`;
  const first =
    verdict.boundAgainstFirst === verdict.bound
      ? []
      : [`Against the task's first incumbent the bound is ${toBoundPoints(verdict.boundAgainstFirst)}.`];
  const control = verdict.control.isRejected
    ? `The graders rejected the degraded arm after ${verdict.control.pairs} pairs or fewer.`
    : 'The graders have not rejected the degraded arm.';
  const except = verdict.except.length > 0 ? [`Stay on the incumbent: ${verdict.except.join(', ')}.`] : [];
  const blocks = verdict.blocks.length > 0 ? [`Still needed: ${verdict.blocks.join('; ')}.`] : [];
  return [
    toHead(verdict),
    toBoundText(verdict),
    scope,
    ...verdict.stages.map(toStageText),
    ...toFloorText(verdict),
    ...first,
    ...toSliceTexts(verdict),
    ...except,
    control,
    ...toCostText(verdict),
    ...blocks,
    `This does not say: ${verdict.unsaid.map((unsaid) => unsaidTexts[unsaid]).join('; ')}.`,
  ].join('\n');
}
