import type { HubCodec } from '../neutral/index.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { decodeRequest } from './decode.ts';
import { createStreamDecoder } from './decode-stream.ts';
import { encodeRequest } from './encode.ts';
import { createStreamEncoder } from './encode-stream.ts';
import { encodeUpstreamError } from './errors.ts';

/** Messages to and from the neutral form. */
export const messagesHub: HubCodec = {
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createStreamDecoder,
  createStreamEncoder,
  encodeUpstreamError,
};
