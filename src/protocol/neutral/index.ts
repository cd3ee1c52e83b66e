export type { EndCause, Finish, NeutralAnswer, StreamEvent } from './answer.ts';
export {
  type AnswerFacts,
  type DialectCodec,
  type FrameKind,
  isJsonObject,
  type JsonObject,
  type StreamTap,
  type WireError,
} from './codec.ts';
export { parseMediaUrl, toDataUrl } from './data-url.ts';
export { toNearestEffort } from './effort.ts';
export type { HubCodec } from './hub-codec.ts';
export { type EncodeContext, type HubDialect, keepExtras, type KeptReasoning } from './encode-context.ts';
export { type ReasoningPorts, reportExtras } from './encode-context.ts';
export { fingerprintChars, type RequestFeatures } from './features.ts';
export { createJsonProgress, type JsonProgress, parseArguments, parseJson } from './json-text.ts';
export { toJsonOutput } from './json-text.ts';
export { keptTable } from './kept-table.ts';
export { createLossLog, type LossEntry, type LossLog } from './loss.ts';
export { type LossSpec, lossTable } from './loss-table.ts';
export { isThinking, planOutput, planThinking, softenChoice, type ThinkingPlan } from './plan-output.ts';
export { toMaxTokens, toPlannedBudget, toPlannedEffort, toSampling, toStops } from './plan-output.ts';
export { type PlannedTool, planTools, type ToolPlan } from './plan-tools.ts';
export { askToContinue, isSystem, joinText, mergeTurns, toReferenceText, toReminder } from './plan-turns.ts';
export { toTextPart, toUsableDocument, toUsableImage } from './plan-turns.ts';
export { noFields, omitFields, pickFields, toList, toNumber, toObject, toText } from './read-json.ts';
export type { ImagePart, MediaSource, NeutralRequest, OutputFormat, Part } from './request.ts';
export type { ReasoningAsk, Tool, ToolChoice, ToolResultPart, Turn, TurnRole } from './request.ts';
export { plainChatTarget, plainMessagesTarget, type TargetFacts } from './target.ts';
export { fromWordId, toNineId, toWordId } from './tool-id.ts';
export type { StreamDecoder, StreamEncoder } from './stream-codec.ts';
export { createThinkTags, type ThinkTags } from './think-tags.ts';
export { createToolNames } from './tool-names.ts';
export type { AnswerIdentity, TranslationState } from './translation-state.ts';
export { readUpstreamError, type UpstreamError } from './upstream-error.ts';
export { readWireError } from './wire-error.ts';
