import type { Dialect } from '../kernel/index.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import type { DialectCodec } from './neutral/index.ts';
import { openaiChat } from './openai-chat/index.ts';

export type { AnswerFacts, AnswerIdentity, DialectCodec, EndCause, FrameKind } from './neutral/index.ts';
export type { HubDialect, JsonObject, KeptReasoning, LossEntry, ReasoningPorts } from './neutral/index.ts';
export type {
  RequestFeatures,
  StreamTap,
  TargetFacts,
  TranslationState,
  WireError,
} from './neutral/index.ts';
export {
  isJsonObject,
  keptTable,
  lossTable,
  type LossSpec,
  plainChatTarget,
  plainMessagesTarget,
} from './neutral/index.ts';
export { type Edit, type ObjectScan, scanObject, spliceObject } from './patch/index.ts';
export { createFrameSplitter, type FrameRun, type FrameSplitter } from './sse/index.ts';
export { createStreamTranslator, type StreamTranslator } from './stream-translator.ts';
export type { KeptTurn, TranslatedAnswer, TranslatedRequest } from './translate.ts';
export { translateAnswer, translateError, type TranslateOptions, translateRequest } from './translate.ts';

/** The codec of each dialect that is served today. */
export const codecs: ReadonlyMap<Dialect, DialectCodec> = new Map([
  [openaiChat.dialect, openaiChat],
  [anthropicMessages.dialect, anthropicMessages],
]);
