export {
  type AnswerFacts,
  type DialectCodec,
  type FrameKind,
  isJsonObject,
  type JsonObject,
  type StreamTap,
  type WireError,
} from './codec.ts';
export { fingerprintChars, type RequestFeatures } from './features.ts';
export { readWireError } from './wire-error.ts';
