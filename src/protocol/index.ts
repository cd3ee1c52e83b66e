import type { Dialect } from '../kernel/index.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import type { DialectCodec } from './neutral/index.ts';
import { openaiChat } from './openai-chat/index.ts';

export type {
  AnswerFacts,
  DialectCodec,
  FrameKind,
  JsonObject,
  RequestFeatures,
  StreamTap,
  WireError,
} from './neutral/index.ts';
export { isJsonObject } from './neutral/index.ts';
export { type Edit, type ObjectScan, scanObject, spliceObject } from './patch/index.ts';
export { createFrameSplitter, type FrameRun, type FrameSplitter } from './sse/index.ts';

/** The codec of each dialect that is served today. */
export const codecs: ReadonlyMap<Dialect, DialectCodec> = new Map([
  [openaiChat.dialect, openaiChat],
  [anthropicMessages.dialect, anthropicMessages],
]);
