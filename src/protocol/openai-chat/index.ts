import type { DialectCodec } from '../neutral/index.ts';
import { encodeError, encodeStreamError } from './errors.ts';
import { readFeatures } from './features.ts';
import { createTap, readAnswer } from './stream.ts';

/** OpenAI Chat Completions. Source: the published API reference and the types of the `openai` package. */
export const openaiChat: DialectCodec = {
  dialect: 'openai-chat',
  readFeatures,
  readAnswer,
  createTap,
  encodeError,
  encodeStreamError,
};
export { chatHub } from './hub.ts';
