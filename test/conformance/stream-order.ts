// The legal order of stream events per dialect, as data: what every client may rely on, whoever wrote the
// stream (a vendor, a simulator, or the gateway after a translation). Shared by all conformance tests.

/** The dialects whose order is written down here. */
export type OrderedDialect = 'openai-chat' | 'anthropic-messages';

/** States of an automaton, and which state each event leads to. An event that is not listed is illegal. */
export type Automaton = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * One choice of a Chat Completions stream. Reasoning comes before text, text before tool calls; a role may be
 * repeated in a chunk and is no event of its own after the first.
 */
export const chatChoiceOrder: Automaton = {
  start: { role: 'open' },
  open: { reasoning: 'reasoning', content: 'content', 'call-start': 'call', finish: 'finished' },
  reasoning: { reasoning: 'reasoning', content: 'content', 'call-start': 'call', finish: 'finished' },
  content: { content: 'content', 'call-start': 'call', finish: 'finished' },
  call: { 'call-arguments': 'call', 'call-start': 'call', finish: 'finished' },
  finished: {},
};

/** The stream around the choices: usage only after every finish, [DONE] last; an error ends it. */
export const chatStreamOrder: Automaton = {
  start: { chunk: 'chunks', error: 'failed' },
  chunks: { chunk: 'chunks', usage: 'counted', done: 'done', error: 'failed' },
  counted: { done: 'done', error: 'failed' },
  failed: { done: 'failed' },
  done: {},
};

/** A Messages stream. One block is open at a time; `open:` names its type. */
export const messagesOrder: Automaton = {
  start: { message_start: 'between', error: 'failed' },
  between: {
    ping: 'between',
    'start:text': 'open:text',
    'start:thinking': 'open:thinking',
    'start:redacted_thinking': 'open:redacted_thinking',
    'start:tool_use': 'open:tool_use',
    message_delta: 'ending',
    error: 'failed',
  },
  'open:text': { ping: 'open:text', text_delta: 'open:text', stop: 'between', error: 'failed' },
  'open:thinking': {
    ping: 'open:thinking',
    thinking_delta: 'open:thinking',
    signature_delta: 'open:signed',
    error: 'failed',
  },
  'open:signed': { ping: 'open:signed', stop: 'between', error: 'failed' },
  'open:redacted_thinking': { ping: 'open:redacted_thinking', stop: 'between', error: 'failed' },
  'open:tool_use': {
    ping: 'open:tool_use',
    input_json_delta: 'open:tool_use',
    stop: 'between',
    error: 'failed',
  },
  ending: { ping: 'ending', message_delta: 'ending', message_stop: 'done', error: 'failed' },
  failed: {},
  done: {},
};

/** One SSE event: its name (or 'message') and data. Comments are dropped, as every client does. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
}

/** Reads whole SSE text by the WHATWG rules; a last event without its blank line is dropped. */
export function parseSse(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  let event = 'message';
  let data: string[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) events.push({ event, data: data.join('\n') });
      event = 'message';
      data = [];
      continue;
    }
    const match = /^([^:]*)(?:: ?(.*))?$/s.exec(line);
    if (match?.[1] === 'data') data.push(match[2] ?? '');
    if (match?.[1] === 'event') event = match[2] ?? '';
  }
  return events;
}

/** What a stream did: its faults in order, and how it ended. */
export interface OrderReport {
  /** Sentences; empty when the order is legal so far. */
  readonly faults: readonly string[];
  /** `clean`: closed by [DONE] or message_stop · `error`: by the dialect's error · `cut`: by neither. */
  readonly end: 'clean' | 'error' | 'cut';
}

type Json = Record<string, unknown>;

function parseData(event: SseEvent, faults: string[]): Json | null {
  try {
    return JSON.parse(event.data) as Json;
  } catch {
    faults.push(`Not JSON: ${event.data.slice(0, 80)}`);
    return null;
  }
}

/** Runs an automaton and notes each illegal event. */
function createRunner(
  automaton: Automaton,
  name: string,
  faults: string[],
): { step(event: string): void; state(): string } {
  let state = 'start';
  return {
    step(event) {
      const next = automaton[state]?.[event];
      if (next === undefined) faults.push(`${name}: "${event}" is not allowed in state "${state}"`);
      else state = next;
    },
    state: () => state,
  };
}

function toChoiceEvents(choice: Json, isFirst: boolean): string[] {
  const delta = (choice['delta'] ?? {}) as Json;
  const events: string[] = [];
  if (isFirst && delta['role'] !== undefined) events.push('role');
  const reasoning = delta['reasoning_content'] ?? delta['reasoning'];
  if (typeof reasoning === 'string' && reasoning !== '') events.push('reasoning');
  if (typeof delta['content'] === 'string' && delta['content'] !== '') events.push('content');
  for (const call of (delta['tool_calls'] ?? []) as Json[]) {
    events.push(call['id'] === undefined ? 'call-arguments' : 'call-start');
  }
  if (typeof choice['finish_reason'] === 'string') events.push('finish');
  return events;
}

function checkChat(events: readonly SseEvent[]): OrderReport {
  const faults: string[] = [];
  const stream = createRunner(chatStreamOrder, 'stream', faults);
  const choices = new Map<number, ReturnType<typeof createRunner>>();
  let nextCall = 0;
  for (const event of events) {
    if (event.data === '[DONE]') {
      stream.step('done');
      continue;
    }
    const chunk = parseData(event, faults);
    if (chunk === null) continue;
    if (chunk['error'] !== undefined) {
      stream.step('error');
      continue;
    }
    const listed = (chunk['choices'] ?? []) as Json[];
    stream.step(listed.length > 0 ? 'chunk' : 'usage');
    for (const choice of listed) {
      const index = Number(choice['index']);
      const isFirst = !choices.has(index);
      const runner = choices.get(index) ?? createRunner(chatChoiceOrder, `choice ${index}`, faults);
      choices.set(index, runner);
      for (const name of toChoiceEvents(choice, isFirst)) runner.step(name);
      for (const call of ((choice['delta'] as Json | undefined)?.['tool_calls'] ?? []) as Json[]) {
        if (call['id'] === undefined || listed.length !== 1 || index !== 0) continue;
        if (call['index'] !== nextCall) {
          faults.push(`tool call index ${String(call['index'])}, expected ${nextCall}`);
        }
        nextCall += 1;
      }
    }
    const isEarly =
      listed.length === 0 && [...choices.values()].some((choice) => choice.state() !== 'finished');
    if (isEarly) faults.push('usage before every choice has finished');
  }
  const state = stream.state();
  if (state === 'failed') return { faults, end: 'error' };
  if (state !== 'done') return { faults, end: 'cut' };
  for (const [index, choice] of choices) {
    if (choice.state() !== 'finished') faults.push(`choice ${index} never finished`);
  }
  return { faults, end: 'clean' };
}

function toMessagesEvent(data: Json): string {
  const type = String(data['type']);
  if (type === 'content_block_start') return `start:${String((data['content_block'] as Json)['type'])}`;
  if (type === 'content_block_delta') return String((data['delta'] as Json)['type']);
  return type === 'content_block_stop' ? 'stop' : type;
}

function checkMessages(events: readonly SseEvent[]): OrderReport {
  const faults: string[] = [];
  const runner = createRunner(messagesOrder, 'message', faults);
  let nextBlock = 0;
  for (const event of events) {
    const data = parseData(event, faults);
    if (data === null) continue;
    if (data['type'] === undefined && data['error'] !== undefined) {
      // Some compatible endpoints show their own error body in an error event.
      runner.step('error');
      continue;
    }
    const { type, index } = data;
    if (event.event !== type) faults.push(`event "${event.event}" holds type ${JSON.stringify(type)}`);
    const name = toMessagesEvent(data);
    runner.step(name);
    if (index === undefined) continue;
    if (index !== nextBlock) faults.push(`${name} at index ${JSON.stringify(index)}, expected ${nextBlock}`);
    if (name === 'stop') nextBlock += 1;
  }
  const ends: Readonly<Record<string, OrderReport['end']>> = { done: 'clean', failed: 'error' };
  return { faults, end: ends[runner.state()] ?? 'cut' };
}

/** Checks a whole stream's text against the order of its dialect. */
export function checkStreamOrder(dialect: OrderedDialect, text: string): OrderReport {
  const events = parseSse(text);
  return dialect === 'openai-chat' ? checkChat(events) : checkMessages(events);
}
