export {
  type AnswerTriple,
  createSameAnswer,
  gradeTriple,
  type SameAnswer,
  type TripleGrade,
} from './equality-triple.ts';
export {
  type ExtractedAnswer,
  extractAnswer,
  type ExtractFrom,
  type ExtractionSource,
} from './extract-answer.ts';
export { detectLanguage, type LanguageGuess } from './detect-language.ts';
export type { AsyncGrader, Grade, GradeInput, Grader, GraderNeed, ModelAnswer, ToolCall } from './grader.ts';
export {
  createHttpGrader,
  type GraderPort,
  type GraderRequest,
  type HttpOptions,
  httpOptions,
} from './http.ts';
export type { JsonObject, JsonValue } from './json-value.ts';
export { type GraderProposal, proposeGraders, type SeenCase, toOwnReference } from './propose-graders.ts';
export { detectRefusal, type RefusalBehaviour } from './refusal.ts';
export { createGrader, type GraderName, graderNames, type GraderSpec, toOptionsSchema } from './registry.ts';
