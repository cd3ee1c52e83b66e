import type { Result } from '../../kernel/index.ts';
import type { NeutralAnswer } from './answer.ts';
import type { JsonObject } from './codec.ts';
import type { EncodeContext } from './encode-context.ts';
import type { NeutralRequest } from './request.ts';
import type { StreamDecoder, StreamEncoder } from './stream-codec.ts';
import type { AnswerIdentity, TranslationState } from './translation-state.ts';
import type { UpstreamError } from './upstream-error.ts';

/** One dialect's side of the hub. A pair of dialects is one decoder and one encoder; nothing is pairwise. */
export interface HubCodec {
  decodeRequest(body: JsonObject): Result<NeutralRequest>;
  encodeRequest(context: EncodeContext): JsonObject;
  /** Null when the body is no answer. */
  decodeAnswer(body: unknown, state: TranslationState): NeutralAnswer | null;
  encodeAnswer(answer: NeutralAnswer, state: TranslationState, identity: AnswerIdentity): JsonObject;
  createStreamDecoder(state: TranslationState): StreamDecoder;
  createStreamEncoder(state: TranslationState, identity: AnswerIdentity): StreamEncoder;
  encodeUpstreamError(error: UpstreamError): { readonly status: number; readonly body: JsonObject };
}
