// Every simulated vendor's streams keep the order of their dialect, whatever is asked; and the order's
// automata see what is wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realClock } from './real-clock.ts';
import { type FaultName, faultTable, type Sim, simVendors, startSim } from '../../src/sim/index.ts';
import {
  chatChoiceOrder,
  chatStreamOrder,
  checkStreamOrder,
  messagesOrder,
  parseSse,
} from './stream-order.ts';

const sims = new Map<string, Sim>();

beforeAll(async () => {
  for (const vendor of simVendors) {
    const dialects = ['openai-chat', 'anthropic-messages'] as const;
    sims.set(
      vendor,
      await startSim({ vendor, seed: 3, clock: realClock, dialects, allowHeaderFaults: true }),
    );
  }
});

afterAll(async () => {
  await Promise.all([...sims.values()].map((sim) => sim.close()));
});

const schema = { type: 'object', properties: { q: { type: 'string' }, n: { type: 'integer' } } };
const names = ['look_up', 'send_mail'];

const asks: Readonly<Record<string, { chat: object; messages: object; text: string }>> = {
  'plain text': { chat: {}, messages: {}, text: 'こんにちは、元気ですか？' },
  'three tokens': { chat: { max_tokens: 3 }, messages: { max_tokens: 3 }, text: 'Hello there' },
  'two tool calls': {
    chat: { tools: names.map((name) => ({ type: 'function', function: { name, parameters: schema } })) },
    messages: { tools: names.map((name) => ({ name, input_schema: schema })) },
    text: 'look_up and send_mail, please',
  },
  thinking: {
    chat: { thinking: { type: 'enabled' }, enable_thinking: true, reasoning_effort: 'high' },
    messages: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    text: 'Why?',
  },
  'no thinking': {
    chat: { thinking: { type: 'disabled' } },
    messages: { thinking: { type: 'disabled' } },
    text: 'Why not?',
  },
  json: {
    chat: { response_format: { type: 'json_object' } },
    messages: { output_config: { format: { type: 'json_schema', schema } } },
    text: 'Give JSON',
  },
  'several choices': {
    chat: { n: 3, logprobs: true, thinking: { type: 'disabled' } },
    messages: {},
    text: 'Name one',
  },
};

async function stream(
  sim: Sim,
  dialect: 'openai-chat' | 'anthropic-messages',
  ask: string,
  fault = '',
): Promise<string> {
  const { chat, messages, text } = asks[ask]!;
  const more =
    dialect === 'openai-chat'
      ? { stream_options: { include_usage: true }, ...chat }
      : { max_tokens: 3000, ...messages };
  const body = { model: sim.models[0], messages: [{ role: 'user', content: text }], stream: true, ...more };
  const response = await fetch(sim.doorUrls[dialect]!, {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01', ...(fault === '' ? {} : { 'x-sim-fault': fault }) },
    body: JSON.stringify(body),
  });
  return response.text();
}

describe.each(simVendors)('%s', (vendor) => {
  test.each(Object.keys(asks))('keeps the order of both dialects: %s', async (ask) => {
    for (const dialect of ['openai-chat', 'anthropic-messages'] as const) {
      const text = await stream(sims.get(vendor)!, dialect, ask);
      expect(parseSse(text).length, text).toBeGreaterThan(2);
      expect(checkStreamOrder(dialect, text)).toEqual({ faults: [], end: 'clean' });
    }
  });

  test('shows an error mid-stream in the form of each dialect', async () => {
    for (const dialect of ['openai-chat', 'anthropic-messages'] as const) {
      const text = await stream(sims.get(vendor)!, dialect, 'plain text', 'error-mid-stream');
      expect(checkStreamOrder(dialect, text)).toEqual({ faults: [], end: 'error' });
    }
  });
});

test.each([
  ['chatChoiceOrder', chatChoiceOrder],
  ['chatStreamOrder', chatStreamOrder],
  ['messagesOrder', messagesOrder],
])('%s leads only to its own states, and reaches each of them', (_name, automaton) => {
  const targets = new Set(Object.values(automaton).flatMap((events) => Object.values(events)));
  const states = new Set(Object.keys(automaton));
  expect([...targets].filter((state) => !states.has(state))).toEqual([]);
  expect([...states].filter((state) => state !== 'start' && !targets.has(state))).toEqual([]);
});

/** Faults that end or bend a stream; the others change its content, its head, or come before it. */
const bending: Readonly<Partial<Record<FaultName, 'cut' | 'error' | 'faulty'>>> = {
  'cut-after-n': 'cut',
  'finish-without-done': 'cut',
  'error-mid-stream': 'error',
  'duplicate-done': 'faulty',
  'malformed-chunk': 'faulty',
};
const orderly: readonly FaultName[] = [
  'queued',
  'torn-writes',
  'huge-frame',
  'wrong-usage',
  'no-usage',
  'empty-answer',
  'content-filtered',
  'wrong-content-type',
  'slow-first-byte',
  'slow-first-token',
  'slow-headers',
];

describe('faults in streams', () => {
  const cases = (Object.keys(faultTable) as FaultName[]).filter(
    (name) => bending[name] !== undefined || orderly.includes(name),
  );

  test.each(cases)('%s bends the order as it says, in both dialects', async (name) => {
    for (const dialect of ['openai-chat', 'anthropic-messages'] as const) {
      const text = await stream(sims.get('deepseek')!, dialect, 'no thinking', `${name};delayMs=5`).catch(
        String,
      );
      // fetch() gives no text of a connection that was cut; raw bytes are checked beside the faults.
      if (name === 'cut-after-n') expect(text).toContain('TypeError');
      else {
        const report = checkStreamOrder(dialect, text);
        const expected = bending[name] ?? 'clean';
        if (expected === 'faulty') expect(report.faults).not.toEqual([]);
        else expect(report).toEqual({ faults: [], end: expected });
      }
    }
  });
});

describe('checkStreamOrder()', () => {
  const chunk = (choice: object) => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
  const role = chunk({ delta: { role: 'assistant', content: '' }, finish_reason: null });
  const content = chunk({ delta: { content: 'x' }, finish_reason: null });
  const finish = chunk({ delta: {}, finish_reason: 'stop' });
  const usage = 'data: {"choices":[],"usage":{}}\n\n';
  const done = 'data: [DONE]\n\n';

  test.each([
    ['content after the finish', [role, finish, content, done]],
    ['usage before the finish', [role, content, usage, done]],
    ['anything after [DONE]', [role, finish, done, content]],
    ['two [DONE]', [role, finish, done, done]],
    ['reasoning after text', [role, content, chunk({ delta: { reasoning_content: 'r' } }), finish, done]],
    ['arguments before their call', [role, chunk({ delta: { tool_calls: [{ index: 0 }] } }), finish, done]],
    ['no finish', [role, content, done]],
    ['broken JSON', [role, 'data: {"cho\n\n', finish, done]],
  ])('finds in Chat: %s', (_name, frames) => {
    expect(checkStreamOrder('openai-chat', frames.join('')).faults).not.toEqual([]);
  });

  test('calls a Chat stream without [DONE] cut', () => {
    expect(checkStreamOrder('openai-chat', role + content + finish)).toEqual({ faults: [], end: 'cut' });
  });

  const event = (data: Record<string, unknown>) =>
    `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`;
  const start = event({ type: 'message_start', message: {} });
  const block = (index: number, type: string) =>
    event({ type: 'content_block_start', index, content_block: { type } });
  const delta = (index: number, type: string) =>
    event({ type: 'content_block_delta', index, delta: { type } });
  const stop = (index: number) => event({ type: 'content_block_stop', index });
  const end = event({ type: 'message_delta' }) + event({ type: 'message_stop' });

  test.each([
    ['two message_start', [start, start, end]],
    ['a thinking delta in a text block', [start, block(0, 'text'), delta(0, 'thinking_delta'), stop(0), end]],
    ['an index used twice', [start, block(0, 'text'), stop(0), block(0, 'text'), stop(0), end]],
    ['an index left out', [start, block(1, 'text'), stop(1), end]],
    ['two open blocks', [start, block(0, 'text'), block(1, 'text'), stop(1), stop(0), end]],
    [
      'a thinking block without signature',
      [start, block(0, 'thinking'), delta(0, 'thinking_delta'), stop(0), end],
    ],
    ['an end with an open block', [start, block(0, 'text'), end]],
    ['an event name that is not its type', [start.replace('event: message_start', 'event: ping'), end]],
  ])('finds in Messages: %s', (_name, frames) => {
    expect(checkStreamOrder('anthropic-messages', frames.join('')).faults).not.toEqual([]);
  });
});
