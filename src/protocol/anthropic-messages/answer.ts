import {
  type AnswerIdentity,
  isJsonObject,
  type JsonObject,
  type NeutralAnswer,
  parseArguments,
  type Part,
  toText,
  type TranslationState,
  toWordId,
} from '../neutral/index.ts';
import { decodeBlocks } from './decode-blocks.ts';
import { toMessageId } from './encode-stream.ts';
import { messagesFinishWords, toFinish } from './finish.ts';
import { encodeUsage, readUsage } from './usage.ts';

/** Reads a whole Messages answer, or null when it is none. */
export function decodeAnswer(body: unknown): NeutralAnswer | null {
  if (!isJsonObject(body) || !Array.isArray(body['content'])) return null;
  const parts = decodeBlocks(body['content']);
  const hasCalls = parts.some((part) => part.type === 'tool-call');
  const stopSequence = toText(body['stop_sequence']);
  return {
    id: toText(body['id']),
    model: toText(body['model']),
    parts,
    finish: toFinish(toText(body['stop_reason']), hasCalls),
    stopSequence: stopSequence === '' ? null : stopSequence,
    usage: readUsage(body['usage'], null),
    otherChoices: 0,
  };
}

function encodePart(
  part: Part,
  at: { readonly index: number; readonly encoding: Encoding },
): JsonObject | null {
  const { state, identity } = at.encoding;
  switch (part.type) {
    case 'text':
      return part.text === '' ? null : { type: 'text', text: part.text };
    case 'reasoning': {
      const { seal } = state.ports;
      const isHidden = state.hidesReasoning && seal !== undefined;
      const signature = part.signature ?? seal?.(part.text) ?? '';
      return { type: 'thinking', thinking: isHidden ? '' : part.text, signature };
    }
    case 'tool-call': {
      const id = toWordId(part.id === '' ? `toolu_${identity.answerId}_${at.index}` : part.id);
      const name = state.toolNames.get(part.name) ?? part.name;
      return { type: 'tool_use', id, name, input: part.input ?? parseArguments(part.argumentsText).input };
    }
    case 'image':
    case 'document':
    case 'tool-result':
    case 'tool-reference':
    case 'opaque':
    default:
      return null;
  }
}

interface Encoding {
  readonly state: TranslationState;
  readonly identity: AnswerIdentity;
}

/** Writes a whole answer in the Messages form. */
export function encodeAnswer(
  answer: NeutralAnswer,
  state: TranslationState,
  identity: AnswerIdentity,
): JsonObject {
  const encoding = { state, identity };
  const content = answer.parts
    .map((part, index) => encodePart(part, { index, encoding }))
    .filter((block) => block !== null);
  const estimate = {
    inputTokens: state.estimatedInputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: Math.ceil(JSON.stringify(content).length / 4),
    reasoningTokens: 0,
  };
  return {
    id: toMessageId(identity.answerId),
    type: 'message',
    role: 'assistant',
    model: answer.model === '' ? identity.model : answer.model,
    content,
    stop_reason: messagesFinishWords[answer.finish],
    stop_sequence: answer.stopSequence,
    usage: encodeUsage(answer.usage ?? estimate),
  };
}
