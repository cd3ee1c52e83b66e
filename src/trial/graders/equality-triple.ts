import type { Grade, GradeInput, Grader, ModelAnswer } from './grader.ts';

/** The three answers of one case: the candidate's, and two fresh ones of the incumbent. */
export type AnswerTriple = {
  readonly candidate: ModelAnswer;
  readonly incumbentFirst: ModelAnswer;
  readonly incumbentSecond: ModelAnswer;
  readonly prompt?: string;
};

/** The difference of one triple in [-1, 1], or why there is none. */
export type TripleGrade =
  | {
      readonly kind: 'scored';
      readonly difference: number;
      readonly isCandidateSame: boolean;
      readonly isIncumbentSame: boolean;
    }
  | { readonly kind: 'ungradable'; readonly reason: string };

/** Says whether two answers are the same; never throws. */
export type SameAnswer = (answer: ModelAnswer, other: ModelAnswer, prompt?: string) => Grade;

/** Scores from here on count as "the same" where a grader gives shares. */
const SAME_SCORE = 0.999;

/**
 * Equality between the arms, measured against the incumbent's own noise:
 * d = 1[candidate = incumbent₁] - 1[incumbent₂ = incumbent₁]. Both incumbent answers must be fresh; against
 * a stored answer even the same model seems worse, because cases were chosen for what the stored answer was.
 */
export function gradeTriple(triple: AnswerTriple, isSame: SameAnswer): TripleGrade {
  const candidate = isSame(triple.candidate, triple.incumbentFirst, triple.prompt);
  if (candidate.kind === 'ungradable') return candidate;
  const incumbent = isSame(triple.incumbentSecond, triple.incumbentFirst, triple.prompt);
  if (incumbent.kind === 'ungradable') return incumbent;
  const isCandidateSame = candidate.score >= SAME_SCORE;
  const isIncumbentSame = incumbent.score >= SAME_SCORE;
  return {
    kind: 'scored',
    difference: Number(isCandidateSame) - Number(isIncumbentSame),
    isCandidateSame,
    isIncumbentSame,
  };
}

/**
 * Turns a grader that needs a reference into a comparison: the other answer's final answer is the
 * reference. `toReference` reads it; graders of tool calls take the calls themselves.
 */
export function createSameAnswer(
  grader: Grader,
  toReference: (other: ModelAnswer) => GradeInput['reference'],
): SameAnswer {
  return (answer, other, prompt) => {
    const reference = toReference(other);
    if (reference === undefined) {
      return { kind: 'ungradable', reason: 'the incumbent gave no final answer to compare with' };
    }
    return grader.grade({ answer, reference, ...(prompt === undefined ? {} : { prompt }) });
  };
}
