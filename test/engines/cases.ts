// What is asked of Changeover in front of a real engine. Each case throws when it fails.
import assert from 'node:assert/strict';

import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

import type { Call, CallPage } from '../../src/api/contract.ts';
import { askAdmin, waitFor } from '../e2e/admin-client.ts';
import type { GatewayProcess } from '../gateway-process/start-gateway.ts';
import type { Engine } from './start-engine.ts';

export const model = 'tiny';
export const offer = `${model}@house`;
export const route = 'local';

/** What the cases work with. */
export interface Bench {
  readonly gateway: GatewayProcess;
  readonly engine: Engine;
  readonly key: string;
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
}

/** A case may say something worth reading in its line. */
type Case = (bench: Bench) => Promise<string | undefined>;

/** The engine takes this beyond OpenAI's fields: the answer is as long as `max_tokens` says. */
interface EngineFields {
  readonly ignore_eos: boolean;
}

const question = 'Was kostet das? 多少錢？ 💶';
const messages = [{ role: 'user' as const, content: question }];
const short = { model: route, messages, max_completion_tokens: 16, temperature: 0 };
const shortMessage = { model: route, messages, max_tokens: 16, temperature: 0 };

export function createBench(gateway: GatewayProcess, engine: Engine, key: string): Bench {
  // No retry of the SDKs: a call that fails must be seen to fail.
  const openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey: key, baseURL: gateway.url, maxRetries: 0 });
  return { gateway, engine, key, openai, anthropic };
}

/** The newest calls of the ledger, once `isDone` holds for them. */
async function readCalls(
  { gateway }: Bench,
  limit: number,
  isDone: (calls: readonly Call[]) => boolean,
): Promise<readonly Call[]> {
  const page = await waitFor(
    () => askAdmin<CallPage>(gateway, `GET /api/calls?limit=${limit}`),
    ({ body }) => isDone(body.calls),
  );
  return page.body.calls;
}

async function findCall(bench: Bench, id: string): Promise<Call> {
  const calls = await readCalls(bench, 50, (all) => all.some((call) => call.id === id));
  const found = calls.find((call) => call.id === id);
  assert.ok(found);
  return found;
}

async function chatWhole(bench: Bench): Promise<undefined> {
  const { data, response } = await bench.openai.chat.completions.create(short).withResponse();
  assert.equal(response.headers.get('x-changeover-offer'), offer);
  assert.ok((data.choices[0]?.message.content ?? '').length > 0);
  assert.ok((data.usage?.prompt_tokens ?? 0) > 10);
  assert.ok((data.usage?.completion_tokens ?? 0) > 0);
  const call = await findCall(bench, response.headers.get('x-changeover-call') ?? '');
  assert.equal(call.usageSource, 'reported');
  assert.equal(call.usage?.outputTokens, data.usage?.completion_tokens);
  const { inputTokens = 0, cacheReadTokens = 0 } = call.usage ?? {};
  assert.equal(inputTokens + cacheReadTokens, data.usage?.prompt_tokens);
}

async function chatStream(bench: Bench): Promise<undefined> {
  const request = { ...short, stream: true, stream_options: { include_usage: true } } as const;
  const { data, response } = await bench.openai.chat.completions.create(request).withResponse();
  let text = '';
  let finish: string | null = null;
  let outputTokens = 0;
  for await (const chunk of data) {
    text += chunk.choices[0]?.delta.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    outputTokens = chunk.usage?.completion_tokens ?? outputTokens;
  }
  const whole = await bench.openai.chat.completions.create(short);
  assert.equal(text, whole.choices[0]?.message.content);
  assert.equal(finish, whole.choices[0]?.finish_reason);
  assert.equal(outputTokens, whole.usage?.completion_tokens);
  const call = await findCall(bench, response.headers.get('x-changeover-call') ?? '');
  assert.equal(call.usage?.outputTokens, outputTokens);
}

/** Who did not ask for usage gets no extra chunk, and the ledger knows it all the same. */
async function quietUsage(bench: Bench): Promise<undefined> {
  const request = { ...short, stream: true } as const;
  const { data, response } = await bench.openai.chat.completions.create(request).withResponse();
  for await (const chunk of data) {
    assert.equal(chunk.choices.length, 1);
    assert.equal(chunk.usage ?? null, null);
  }
  const call = await findCall(bench, response.headers.get('x-changeover-call') ?? '');
  assert.equal(call.usageSource, 'reported');
  assert.ok((call.usage?.outputTokens ?? 0) > 0);
}

async function sameAsDirect(bench: Bench): Promise<undefined> {
  const direct = new OpenAI({ apiKey: 'none', baseURL: `${bench.engine.url}/v1`, maxRetries: 0 });
  const there = await direct.chat.completions.create(short);
  const here = await bench.openai.chat.completions.create(short);
  assert.deepEqual(here.choices, there.choices);
  assert.deepEqual(Object.keys(here).toSorted(), Object.keys(there).toSorted());
}

async function messagesWhole(bench: Bench): Promise<undefined> {
  const { data, response } = await bench.anthropic.messages.create(shortMessage).withResponse();
  assert.equal(response.headers.get('x-changeover-offer'), offer);
  const [block] = data.content;
  assert.ok(block?.type === 'text' && block.text.length > 0);
  assert.ok(data.usage.input_tokens + (data.usage.cache_read_input_tokens ?? 0) > 10);
  const call = await findCall(bench, response.headers.get('x-changeover-call') ?? '');
  assert.equal(call.dialect, 'anthropic-messages');
  assert.equal(call.usage?.outputTokens, data.usage.output_tokens);
}

async function messagesStream(bench: Bench): Promise<undefined> {
  const stream = bench.anthropic.messages.stream(shortMessage);
  const final = await stream.finalMessage();
  const whole = await bench.anthropic.messages.create(shortMessage);
  assert.deepEqual(final.content, whole.content);
  assert.equal(final.stop_reason, whole.stop_reason);
  assert.equal(final.usage.output_tokens, whole.usage.output_tokens);
}

/** The engine holds the model to the schema; the schema must reach it unchanged. */
async function jsonSchema(bench: Bench): Promise<string> {
  const schema = {
    type: 'object',
    properties: {
      paid: { type: 'boolean' },
      currency: { enum: ['EUR', 'TWD'] },
      lines: { type: 'integer', minimum: 1, maximum: 9 },
    },
    required: ['paid', 'currency', 'lines'],
    additionalProperties: false,
  };
  const answer = await bench.openai.chat.completions.create({
    ...short,
    max_completion_tokens: 200,
    response_format: { type: 'json_schema', json_schema: { name: 'invoice', strict: true, schema } },
  });
  const text = answer.choices[0]?.message.content ?? '';
  const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
  assert.deepEqual(Object.keys(value).toSorted(), ['currency', 'lines', 'paid']);
  assert.equal(typeof value['paid'], 'boolean');
  assert.ok(value['currency'] === 'EUR' || value['currency'] === 'TWD');
  assert.ok(Number.isInteger(value['lines']));
  return text.replaceAll(/\s+/g, ' ');
}

/** The engine's own words for the client's mistake, with its own status. */
async function tooLong(bench: Bench): Promise<undefined> {
  const content = 'x'.repeat(60_000);
  const asked = bench.openai.chat.completions.create({ ...short, messages: [{ role: 'user', content }] });
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.match(error.message, /context/);
    return true;
  });
}

const longTokens = 3_000;

async function longStream(bench: Bench): Promise<string> {
  const request: OpenAI.ChatCompletionCreateParamsStreaming & EngineFields = {
    ...short,
    max_completion_tokens: longTokens,
    stream: true,
    stream_options: { include_usage: true },
    ignore_eos: true,
  };
  const stream = await bench.openai.chat.completions.create(request);
  let chunks = 0;
  let outputTokens = 0;
  for await (const chunk of stream) {
    chunks++;
    outputTokens = chunk.usage?.completion_tokens ?? outputTokens;
  }
  assert.equal(outputTokens, longTokens);
  return `${chunks} chunks`;
}

/** Asks for an answer that takes far longer than the case, so that only an abort can free the slot. */
const endless: OpenAI.ChatCompletionCreateParamsStreaming & EngineFields = {
  ...short,
  max_completion_tokens: 8_000,
  stream: true,
  ignore_eos: true,
};

async function leaveStream(bench: Bench): Promise<undefined> {
  const { engine, openai } = bench;
  await waitFor(
    () => engine.busySlots(),
    (busy) => busy === 0,
  );
  const controller = new AbortController();
  const stream = await openai.chat.completions.create(endless, { signal: controller.signal });
  let chunks = 0;
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    chunks++;
    if (chunks === 5) controller.abort();
  }
  await waitFor(
    () => engine.busySlots(),
    (busy) => busy === 0,
  );
  const [call] = await readCalls(bench, 1, ([newest]) => newest?.status === 499);
  assert.deepEqual([call?.failure, call?.usageSource], ['CHG_CLIENT_GONE', 'estimated']);
}

/** Short: this engine notices that a client has left only between the events of a stream, and works on. */
const brief: OpenAI.ChatCompletionCreateParamsNonStreaming & EngineFields = {
  ...short,
  max_completion_tokens: 400,
  ignore_eos: true,
};

async function leaveWhole(bench: Bench): Promise<undefined> {
  const { engine, openai } = bench;
  const controller = new AbortController();
  const asked = openai.chat.completions.create(brief, { signal: controller.signal });
  const refused = assert.rejects(asked, OpenAI.APIUserAbortError);
  await waitFor(
    () => engine.busySlots(),
    (busy) => busy === 1,
  );
  controller.abort();
  await refused;
  const [call] = await readCalls(bench, 1, ([newest]) => newest?.stream === false && newest.status === 499);
  assert.equal(call?.failure, 'CHG_CLIENT_GONE');
}

const callers = 16;
const callsPerCaller = 50;

/**
 * The engine closes its connection after each stream without saying so before. A client that reuses
 * connections sees resets on about half of such calls, unless it sends those once more.
 */
async function manyCallers(bench: Bench): Promise<string> {
  const failed: string[] = [];
  let tokens = 0;
  const one = async (number: number): Promise<void> => {
    const request = { ...short, max_completion_tokens: 8 };
    if (number % 4 === 0) {
      tokens += (await bench.openai.chat.completions.create(request)).usage?.completion_tokens ?? 0;
    } else if (number % 4 === 1) {
      tokens += (await bench.anthropic.messages.stream({ ...shortMessage, max_tokens: 8 }).finalMessage())
        .usage.output_tokens;
    } else {
      const stream = await bench.openai.chat.completions.create({ ...request, stream: true });
      let isEnded = false;
      for await (const chunk of stream) isEnded ||= (chunk.choices[0]?.finish_reason ?? null) !== null;
      assert.ok(isEnded, 'The stream has no end');
    }
  };
  const caller = async (): Promise<void> => {
    for (let number = 0; number < callsPerCaller; number++) {
      await one(number).catch((error: unknown) => failed.push(String(error)));
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - startedMs) / 1_000;
  assert.deepEqual(failed, []);
  assert.ok(tokens > 0);
  const calls = await readCalls(bench, 200, (all) => all.length === 200);
  const resent = calls.filter((call) => call.attempts.some((attempt) => attempt.resent)).length;
  assert.ok(calls.every((call) => call.attempts.length === 1 && call.failure === null));
  return `${Math.round((callers * callsPerCaller) / seconds)} calls/s, ${resent} of the last 200 sent again`;
}

async function ledgerVerifies({ gateway }: Bench): Promise<string> {
  const answer = await fetch(`${gateway.url}/api/ledger/verify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  const last = JSON.parse(text.trim().split('\n').at(-1) ?? '{}') as {
    readonly report?: { readonly ok?: boolean };
  };
  assert.equal(last.report?.ok, true, text.slice(-500));
  const status = await askAdmin<{ inFlight: number; ledger: { committedRows: number } }>(
    gateway,
    'GET /api/status',
  );
  assert.equal(status.body.inFlight, 0);
  return `${status.body.ledger.committedRows} rows`;
}

export const cases: readonly (readonly [name: string, run: Case])[] = [
  ['openai SDK, whole answer, usage in the ledger', chatWhole],
  ['openai SDK, stream, same text and usage as the whole answer', chatStream],
  ['openai SDK, stream without asking for usage', quietUsage],
  ['the same answer as the engine gives directly', sameAsDirect],
  ['Anthropic SDK, whole answer, native', messagesWhole],
  ['Anthropic SDK, stream, native', messagesStream],
  ['an answer under a JSON schema', jsonSchema],
  ['a prompt beyond the context is refused in the engine’s words', tooLong],
  [`a stream of ${longTokens} tokens`, longStream],
  ['a client that leaves a stream frees the slot', leaveStream],
  ['a client that leaves a whole answer ends the call', leaveWhole],
  [`${callers} callers × ${callsPerCaller} calls lose none to closed connections`, manyCallers],
  ['the ledger verifies', ledgerVerifies],
];
