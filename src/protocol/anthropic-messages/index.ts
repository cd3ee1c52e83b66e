import type { DialectCodec } from '../neutral/index.ts';
import { encodeError, encodeStreamError } from './errors.ts';
import { readFeatures } from './features.ts';
import { createTap, readAnswer } from './stream.ts';

/** Anthropic Messages. Source: the published API reference and the types of `@anthropic-ai/sdk`. */
export const anthropicMessages: DialectCodec = {
  dialect: 'anthropic-messages',
  readFeatures,
  readAnswer,
  createTap,
  encodeError,
  encodeStreamError,
};
export { messagesHub } from './hub.ts';
