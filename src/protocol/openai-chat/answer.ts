import {
  type AnswerIdentity,
  createThinkTags,
  isJsonObject,
  type JsonObject,
  joinText,
  type NeutralAnswer,
  noFields,
  type Part,
  toList,
  toObject,
  toText,
  toTextPart,
  type TranslationState,
} from '../neutral/index.ts';
import { decodeCalls, decodeContent, decodeReasoning } from './decode-parts.ts';
import { chatFinishWords, toFinish } from './finish.ts';
import { encodeUsage, readUsage } from './usage.ts';

function toReasoning(text: string): Part {
  return { type: 'reasoning', text, signature: null, redacted: null, extras: noFields };
}

/** Tells thought and speech apart where the host leaves the tags in the text. */
function splitTags(parts: readonly Part[]): readonly Part[] {
  const first = parts[0];
  if (first?.type !== 'text') return parts;
  const tags = createThinkTags();
  const [start, rest] = [tags.push(first.text), tags.end()];
  const reasoning = start.reasoning + rest.reasoning;
  const text = toTextPart(start.text + rest.text);
  return reasoning === '' ? parts : [toReasoning(reasoning), text, ...parts.slice(1)];
}

/** Reads a whole chat answer, or null when it is none. Its first choice counts. */
export function decodeAnswer(body: unknown, state: TranslationState): NeutralAnswer | null {
  if (!isJsonObject(body)) return null;
  const choices = toList(body['choices']);
  const choice = choices[0];
  if (!isJsonObject(choice) || !isJsonObject(choice['message'])) return null;
  const message = choice['message'];
  const reasoning = decodeReasoning(message);
  const content = decodeContent(message['content']);
  const refusal = toText(message['refusal']);
  const calls = decodeCalls(message).filter((part) => part.type === 'tool-call');
  const parts = [
    ...(reasoning === null ? [] : [reasoning]),
    ...(state.thinkTags ? splitTags(content) : content),
    ...(refusal === '' ? [] : [toTextPart(refusal)]),
    ...calls,
  ].filter((part) => (part.type !== 'text' && part.type !== 'reasoning') || part.text !== '');
  const finish = toFinish(toText(choice['finish_reason']), calls.length > 0);
  const stopped = choice['stop_reason'];
  const isStopped = finish === 'stop' && typeof stopped === 'string' && state.stops.includes(stopped);
  return {
    id: toText(body['id']),
    model: toText(body['model']),
    parts,
    finish: isStopped ? 'stop-sequence' : finish,
    stopSequence: isStopped ? stopped : null,
    usage: readUsage(body['usage']),
    otherChoices: choices.length - 1,
  };
}

function encodeCall(
  part: Extract<Part, { type: 'tool-call' }>,
  at: { readonly index: number; readonly state: TranslationState; readonly answerId: string },
): JsonObject {
  const name = at.state.toolNames.get(part.name) ?? part.name;
  return {
    id: part.id === '' ? `call_${at.answerId}_${at.index}` : part.id,
    type: 'function',
    function: { name, arguments: part.argumentsText },
  };
}

/** Writes a whole answer in Chat's form. */
export function encodeAnswer(
  answer: NeutralAnswer,
  state: TranslationState,
  identity: AnswerIdentity,
): JsonObject {
  const calls = answer.parts.filter((part) => part.type === 'tool-call');
  const thoughts = answer.parts.filter((part) => part.type === 'reasoning');
  const reasoning = thoughts.map((part) => part.text).join('');
  const signature = thoughts.find((part) => part.signature !== null)?.signature ?? null;
  const text = joinText(answer.parts, '');
  const { answerId } = identity;
  const message = {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(signature === null
      ? {}
      : { reasoning_details: [{ type: 'reasoning.text', index: 0, text: reasoning, signature }] }),
    refusal: null,
    ...(calls.length === 0
      ? {}
      : { tool_calls: calls.map((part, index) => encodeCall(part, { index, state, answerId })) }),
  };
  return {
    id: `chatcmpl-${answerId}`,
    object: 'chat.completion',
    created: Math.floor(identity.createdSeconds),
    model: answer.model === '' ? identity.model : answer.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: chatFinishWords[answer.finish] }],
    ...(answer.usage === null ? {} : { usage: toObject(encodeUsage(answer.usage)) }),
  };
}
