import { describe, expect, test } from 'vitest';
import { type Answered, type Json, postChat, toChatBody, withSim } from '../sim.case.ts';
import type { Sim } from '../types.ts';

const tool = {
  type: 'function',
  function: { name: 'find_order', parameters: { type: 'object', properties: { id: { type: 'string' } } } },
};

function toChunks(text: string): Json[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice(6)) as Json);
}

const toChoice = (answer: Answered): Json => (answer.json['choices'] as Json[])[0]!;
const toMessage = (answer: Answered): Json => toChoice(answer)['message'] as Json;
const toError = (answer: Answered): Json => answer.json['error'] as Json;

async function streamChunks(sim: Sim, more: Json = {}): Promise<Json[]> {
  return toChunks((await postChat(sim, toChatBody(sim, 'Why?', { stream: true, ...more }))).text);
}

const isBare = (chunk: Json): boolean => (chunk['choices'] as Json[]).length === 0;

describe('usage in streams', () => {
  const asked = { stream_options: { include_usage: true } };

  test.each(['openai', 'deepseek', 'qwen'] as const)(
    '%s sends it in a last chunk of its own when asked',
    (vendor) =>
      withSim({ vendor }, async (sim) => {
        const chunks = await streamChunks(sim, asked);
        expect(isBare(chunks.at(-1)!)).toBe(true);
        expect(chunks.at(-1)!['usage']).toMatchObject({ prompt_tokens: expect.any(Number) as number });
        expect(chunks.slice(0, -1).every((chunk) => chunk['usage'] === null && !isBare(chunk))).toBe(true);
        const plain = await streamChunks(sim);
        expect(plain.some((chunk) => isBare(chunk) || (chunk['usage'] ?? null) !== null)).toBe(false);
      }),
  );

  test('glm sends it with the finish, asked or not', () =>
    withSim({ vendor: 'glm' }, async (sim) => {
      for (const more of [{}, asked]) {
        const chunks = await streamChunks(sim, more);
        expect(chunks.at(-1)).toMatchObject({ usage: { total_tokens: expect.any(Number) as number } });
        expect((chunks.at(-1)!['choices'] as Json[])[0]).toMatchObject({ finish_reason: 'stop' });
      }
    }));
});

describe('openai', () => {
  test('fills chunks with obfuscation unless told otherwise', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      expect((await streamChunks(sim)).every((chunk) => typeof chunk['obfuscation'] === 'string')).toBe(true);
      const plain = await streamChunks(sim, { stream_options: { include_obfuscation: false } });
      expect(plain.some((chunk) => 'obfuscation' in chunk)).toBe(false);
    }));

  test('knows the developer role, n, logprobs and both token limits, one at a time', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      const developer = {
        messages: [
          { role: 'developer', content: 'a' },
          { role: 'user', content: 'b' },
        ],
      };
      expect((await postChat(sim, toChatBody(sim, '', developer))).status).toBe(200);
      const three = await postChat(sim, toChatBody(sim, 'x', { n: 3, logprobs: true, top_logprobs: 2 }));
      const choices = three.json['choices'] as Json[];
      expect(choices.map((choice) => choice['index'])).toEqual([0, 1, 2]);
      const [first] = (choices[0]!['logprobs'] as { content: Json[] }).content;
      expect(first!['top_logprobs']).toHaveLength(2);
      const short = await postChat(sim, toChatBody(sim, 'x', { max_completion_tokens: 5 }));
      expect(toChoice(short)['finish_reason']).toBe('length');
      expect(short.json['usage']).toMatchObject({ completion_tokens: 5 });
      const both = await postChat(sim, toChatBody(sim, 'x', { max_completion_tokens: 5, max_tokens: 5 }));
      expect([both.status, toError(both)['param']]).toEqual([400, 'max_tokens']);
    }));

  test('counts reasoning that it does not show', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      const { json } = await postChat(sim, toChatBody(sim, 'x', { reasoning_effort: 'high' }));
      const { completion_tokens_details: details } = json['usage'] as { completion_tokens_details: Json };
      expect(details['reasoning_tokens']).toBeGreaterThan(0);
      expect(JSON.stringify(json['choices'])).not.toContain('reasoning');
    }));

  test('refuses json_object without the word, options without stream, unpaired tool messages', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      const refuse = async (more: Json): Promise<unknown> => {
        const answer = await postChat(sim, toChatBody(sim, 'x', more));
        expect(answer.status).toBe(400);
        return toError(answer)['message'];
      };
      expect(await refuse({ response_format: { type: 'json_object' } })).toContain("contain the word 'json'");
      expect(await refuse({ stream_options: { include_usage: true } })).toContain('only allowed when');
      const stray = [
        { role: 'user', content: 'x' },
        { role: 'tool', tool_call_id: 'a', content: 'y' },
      ];
      expect(await refuse({ messages: stray })).toContain('must be a response to');
      const call = { id: 'a', type: 'function', function: { name: 'find_order', arguments: '{}' } };
      const open = [
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'user', content: 'x' },
      ];
      expect(await refuse({ messages: open })).toContain('did not have response messages: a');
    }));
});

describe('deepseek', () => {
  const call = { id: 'a', type: 'function', function: { name: 'find_order', arguments: '{}' } };
  const turn = (more: Json): Json[] => [
    { role: 'user', content: 'Use find_order' },
    { role: 'assistant', content: '', tool_calls: [call], ...more },
    { role: 'tool', tool_call_id: 'a', content: 'sent on Monday' },
  ];

  test('thinks unless it is switched off', () =>
    withSim({ vendor: 'deepseek' }, async (sim) => {
      const on = await postChat(sim, toChatBody(sim, 'Why?'));
      expect(toMessage(on)['reasoning_content']).toContain('Why?');
      const off = await postChat(sim, toChatBody(sim, 'Why?', { thinking: { type: 'disabled' } }));
      expect(toMessage(off)).not.toHaveProperty('reasoning_content');
    }));

  test('refuses a tool turn that comes back without its reasoning, in its own words', () =>
    withSim({ vendor: 'deepseek' }, async (sim) => {
      const send = (more: Json, rest: Json = {}): Promise<Answered> =>
        postChat(sim, toChatBody(sim, '', { messages: turn(more), tools: [tool], ...rest }));
      const lost = await send({});
      expect(lost.status).toBe(400);
      expect(lost.json).toEqual({
        error: {
          message: 'The `reasoning_content` in the thinking mode must be passed back to the API.',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_request_error',
        },
      });
      expect((await send({ reasoning_content: null })).status).toBe(400);
      const kept = await send({ reasoning_content: '' });
      expect(toMessage(kept)['content']).toContain('sent on Monday');
      expect((await send({}, { thinking: { type: 'disabled' } })).status).toBe(200);
    }));

  test('refuses forced tools while thinking, images, json_schema and the developer role', () =>
    withSim({ vendor: 'deepseek' }, async (sim) => {
      const send = async (more: Json): Promise<[number, string]> => {
        const answer = await postChat(sim, toChatBody(sim, 'json', more));
        return [answer.status, answer.status === 200 ? '' : (toError(answer)['message'] as string)];
      };
      expect(await send({ tools: [tool], tool_choice: 'required' })).toEqual([
        400,
        'Thinking mode does not support this tool_choice',
      ]);
      const calm = { tools: [tool], tool_choice: 'required', thinking: { type: 'disabled' } };
      expect(await send(calm)).toEqual([200, '']);
      const image = [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x/y.png' } }] },
      ];
      expect((await send({ messages: image }))[1]).toContain('unknown variant `image_url`');
      const schema = { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } };
      expect(await send(schema)).toEqual([400, 'This response_format type is unavailable now']);
      expect((await send({ messages: [{ role: 'developer', content: 'x' }] }))[0]).toBe(422);
    }));

  test('reports the prefix cache in its own fields, apart per user_id', () =>
    withSim({ vendor: 'deepseek' }, async (sim) => {
      const system = { role: 'system', content: 'word '.repeat(400) };
      const ask = async (text: string, more: Json = {}): Promise<Json> => {
        const messages = [system, { role: 'user', content: text }];
        return (await postChat(sim, { model: 'value', messages, ...more })).json['usage'] as Json;
      };
      expect(await ask('a')).toMatchObject({ prompt_cache_hit_tokens: 0 });
      const second = await ask('b');
      expect(second['prompt_cache_hit_tokens']).toBe(384);
      expect(second['prompt_cache_miss_tokens']).toBe((second['prompt_tokens'] as number) - 384);
      expect(await ask('c', { user_id: 'tenant-2' })).toMatchObject({ prompt_cache_hit_tokens: 0 });
    }));

  test('answers on all three of its paths', () =>
    withSim({ vendor: 'deepseek' }, async (sim) => {
      for (const path of ['/chat/completions', '/v1/chat/completions', '/beta/chat/completions']) {
        const body = JSON.stringify(toChatBody(sim, 'x'));
        expect((await fetch(sim.url + path, { method: 'POST', body })).status).toBe(200);
      }
    }));
});

describe('qwen', () => {
  test('thinks when asked, and then refuses forced tools and JSON mode', () =>
    withSim({ vendor: 'qwen' }, async (sim) => {
      expect(toMessage(await postChat(sim, toChatBody(sim, 'x')))).not.toHaveProperty('reasoning_content');
      const thinking = await postChat(sim, toChatBody(sim, 'x', { enable_thinking: true }));
      expect(toMessage(thinking)).toHaveProperty('reasoning_content');
      const forced = {
        enable_thinking: true,
        tools: [tool],
        tool_choice: { type: 'function', function: { name: 'find_order' } },
      };
      const refused = await postChat(sim, toChatBody(sim, 'x', forced));
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({
        error: {
          code: 'invalid_parameter_error',
          message: expect.stringContaining('in thinking mode') as string,
        },
        request_id: expect.any(String) as string,
      });
      const json = { enable_thinking: true, response_format: { type: 'json_object' } };
      expect((await postChat(sim, toChatBody(sim, 'json', json))).status).toBe(400);
    }));
});

describe('glm', () => {
  test('ignores forced tools, and sends arguments whole unless tool_stream', () =>
    withSim({ vendor: 'glm' }, async (sim) => {
      const forced = await postChat(sim, toChatBody(sim, 'x', { tools: [tool], tool_choice: 'required' }));
      expect(toMessage(forced)).not.toHaveProperty('tool_calls');
      const countCallChunks = async (more: Json): Promise<number> => {
        const body = toChatBody(sim, 'find_order "A-77"', { stream: true, tools: [tool], ...more });
        const chunks = toChunks((await postChat(sim, body)).text);
        return chunks.filter((chunk) => JSON.stringify(chunk['choices']).includes('"tool_calls":')).length;
      };
      // The finish chunk names the reason `tool_calls` as a value, not as a field.
      expect(await countCallChunks({})).toBe(1);
      expect(await countCallChunks({ tool_stream: true })).toBeGreaterThan(3);
    }));

  test('answers an unknown model with 1211, and needs a user message', () =>
    withSim({ vendor: 'glm' }, async (sim) => {
      const unknown = await postChat(sim, { ...toChatBody(sim, 'x'), model: 'glm-9' });
      expect([unknown.status, toError(unknown)['code']]).toEqual([400, '1211']);
      const silent = await postChat(
        sim,
        toChatBody(sim, '', { messages: [{ role: 'system', content: 'x' }] }),
      );
      expect([silent.status, toError(silent)['code']]).toEqual([400, '1214']);
    }));
});

test.each([
  ['openai', 404, 'model_not_found'],
  ['deepseek', 400, 'invalid_request_error'],
  ['qwen', 404, 'model_not_found'],
] as const)('%s answers an unknown model with %i %s', (vendor, status, code) =>
  withSim({ vendor }, async (sim) => {
    const answer = await postChat(sim, { ...toChatBody(sim, 'x'), model: 'none' });
    expect([answer.status, toError(answer)['code']]).toEqual([status, code]);
  }),
);

test('stop sequences end the text before they appear', () =>
  withSim({ vendor: 'openai' }, async (sim) => {
    const text = 'Reply with exactly: one, two, three';
    const cut = await postChat(sim, toChatBody(sim, text, { stop: ['three', ', two'] }));
    expect(toMessage(cut)['content']).toBe('one');
    expect(toChoice(cut)['finish_reason']).toBe('stop');
  }));

test('images are counted and named', () =>
  withSim({ vendor: 'openai' }, async (sim) => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const content = [{ type: 'text', text: 'What is this?' }, image, image];
    const answer = await postChat(sim, toChatBody(sim, '', { messages: [{ role: 'user', content }] }));
    expect(toMessage(answer)['content']).toContain('I received 2 image(s).');
    expect((answer.json['usage'] as Json)['prompt_tokens']).toBeGreaterThan(1500);
  }));
