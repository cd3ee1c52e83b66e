import type { Answer, AnswerCall, AnswerChoice, AnswerUsage, Frame, WriteContext } from '../answer.ts';
import type { Ask } from '../ask.ts';
import { isObject, toObject } from '../json.ts';
import type { VendorFacts } from '../vendors.ts';
import { signThinking } from './thinking-signature.ts';

const stopReasons = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool: 'tool_use',
  filtered: 'refusal',
} as const;

interface Writing {
  readonly facts: VendorFacts;
  readonly ask: Ask;
  readonly choice: AnswerChoice;
  readonly context: WriteContext;
}

function toStop(choice: AnswerChoice): { stop_reason: string; stop_sequence: string | null } {
  const isStopped = choice.finish === 'stop' && choice.stopSequence !== null;
  return {
    stop_reason: isStopped ? 'stop_sequence' : stopReasons[choice.finish],
    stop_sequence: isStopped ? choice.stopSequence : null,
  };
}

/** Usage in the Messages fields: `input_tokens` leaves out what was read from or written to the cache. */
function toMessagesUsage(facts: VendorFacts, usage: AnswerUsage, outputTokens: number): object {
  const fresh = usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens;
  const base = {
    input_tokens: fresh,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
  };
  if (!facts.messages.strict) return { ...base, output_tokens: outputTokens, service_tier: 'standard' };
  return {
    ...base,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    ...(outputTokens > 1 && usage.reasoningTokens > 0
      ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }
      : {}),
    service_tier: 'standard',
    inference_geo: 'not_available',
  };
}

function isThinkingShown(ask: Ask): boolean {
  return toObject(ask.raw['thinking'])['display'] !== 'omitted';
}

function toSignature({ facts, context }: Writing, thinking: string): string {
  return facts.messages.strict ? signThinking(thinking, context.signatureSeed) : context.answerId;
}

function toInput(call: AnswerCall): object {
  try {
    const value: unknown = JSON.parse(call.argumentPieces.join(''));
    return isObject(value) ? value : {};
  } catch {
    // Arguments cut by max_tokens are not JSON; the real endpoint shows what it could read, here nothing.
    return {};
  }
}

function toContent(writing: Writing): object[] {
  const { choice, ask } = writing;
  const content: object[] = [];
  if (choice.reasoningPieces.length > 0) {
    const thinking = isThinkingShown(ask) ? choice.reasoningPieces.join('') : '';
    content.push({ type: 'thinking', thinking, signature: toSignature(writing, thinking) });
  }
  if (choice.textPieces.length > 0) content.push({ type: 'text', text: choice.textPieces.join('') });
  for (const call of choice.calls) {
    content.push({ type: 'tool_use', id: call.id, name: call.name, input: toInput(call) });
  }
  return content;
}

function toWriting(facts: VendorFacts, content: MessagesContent, context: WriteContext): Writing {
  const choice = content.answer.choices[0];
  if (choice === undefined) throw new Error('Cannot write a message: the answer has no choice');
  return { facts, ask: content.ask, choice, context };
}

interface MessagesContent {
  readonly ask: Ask;
  readonly answer: Answer;
}

function toUsageField({ facts, context }: Writing, outputTokens: number): object {
  return context.usage === null ? {} : { usage: toMessagesUsage(facts, context.usage, outputTokens) };
}

/** Writes a whole message. */
export function writeWholeMessage(
  facts: VendorFacts,
  content: MessagesContent,
  context: WriteContext,
): string {
  const writing = toWriting(facts, content, context);
  return JSON.stringify({
    model: content.ask.model,
    id: context.answerId,
    type: 'message',
    role: 'assistant',
    content: toContent(writing),
    ...toStop(writing.choice),
    ...toUsageField(writing, context.usage?.outputTokens ?? 0),
  });
}

function toEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

function toDelta(index: number, delta: string): string {
  return toEvent('content_block_delta', `{"type":"content_block_delta","index":${index},"delta":${delta}}`);
}

/** One content block on its way: how it starts, what its deltas are. */
interface BlockStream {
  readonly start: object;
  readonly deltas: Iterable<string>;
}

function* writePieces(type: string, field: string, pieces: readonly string[]): Iterable<string> {
  for (const piece of pieces) yield `{"type":"${type}","${field}":${JSON.stringify(piece)}}`;
}

function* writeThinking(writing: Writing): Iterable<string> {
  const shown = isThinkingShown(writing.ask) ? writing.choice.reasoningPieces : [];
  yield* writePieces('thinking_delta', 'thinking', shown);
  yield `{"type":"signature_delta","signature":${JSON.stringify(toSignature(writing, shown.join('')))}}`;
}

function listBlocks(writing: Writing): BlockStream[] {
  const { choice } = writing;
  const blocks: BlockStream[] = [];
  if (choice.reasoningPieces.length > 0) {
    blocks.push({ start: { type: 'thinking', thinking: '', signature: '' }, deltas: writeThinking(writing) });
  }
  if (choice.textPieces.length > 0) {
    blocks.push({
      start: { type: 'text', text: '' },
      deltas: writePieces('text_delta', 'text', choice.textPieces),
    });
  }
  for (const call of choice.calls) {
    blocks.push({
      start: { type: 'tool_use', id: call.id, name: call.name, input: {} },
      deltas: writePieces('input_json_delta', 'partial_json', ['', ...call.argumentPieces]),
    });
  }
  return blocks;
}

/** Writes the events of a streamed message in Anthropic's order, from message_start to message_stop. */
export function* writeMessageStream(
  facts: VendorFacts,
  content: MessagesContent,
  context: WriteContext,
): Iterable<Frame> {
  const writing = toWriting(facts, content, context);
  const message = {
    model: content.ask.model,
    id: context.answerId,
    type: 'message',
    role: 'assistant',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...toUsageField(writing, 1),
  };
  const start = JSON.stringify({ type: 'message_start', message });
  yield { text: toEvent('message_start', start), kind: 'open', tokens: 0 };
  const ping: Frame = { text: toEvent('ping', '{"type": "ping"}'), kind: 'open', tokens: 0 };
  for (const [index, block] of listBlocks(writing).entries()) {
    const opening = JSON.stringify({ type: 'content_block_start', index, content_block: block.start });
    yield { text: toEvent('content_block_start', opening), kind: 'open', tokens: 0 };
    if (index === 0) yield ping;
    for (const delta of block.deltas) yield { text: toDelta(index, delta), kind: 'content', tokens: 1 };
    const stop = `{"type":"content_block_stop","index":${index}}`;
    yield { text: toEvent('content_block_stop', stop), kind: 'open', tokens: 0 };
  }
  const ending = JSON.stringify({
    type: 'message_delta',
    delta: toStop(writing.choice),
    ...toUsageField(writing, context.usage?.outputTokens ?? 0),
  });
  yield { text: toEvent('message_delta', ending), kind: 'finish', tokens: 0 };
  yield { text: toEvent('message_stop', '{"type":"message_stop"}'), kind: 'done', tokens: 0 };
}
