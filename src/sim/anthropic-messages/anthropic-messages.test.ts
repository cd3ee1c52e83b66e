import { describe, expect, test } from 'vitest';
import { type Answered, type Json, post, postMessages, toMessagesBody, withSim } from '../sim.case.ts';
import type { Sim } from '../types.ts';

const tool = { name: 'find_order', input_schema: { type: 'object', properties: { id: { type: 'string' } } } };
const enabled = { thinking: { type: 'enabled', budget_tokens: 1024 } };

async function refusalOf(sim: Sim, more: Json): Promise<string> {
  const answer = await postMessages(sim, toMessagesBody(sim, 'x', more));
  expect(answer.status, answer.text).toBe(400);
  expect(answer.json).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
  return (answer.json['error'] as Json)['message'] as string;
}

const toContent = (answer: Answered): Json[] => answer.json['content'] as Json[];

describe('anthropic', () => {
  test('demands its version header, max_tokens and known fields', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const body = JSON.stringify(toMessagesBody(sim, 'x'));
      const bare = await fetch(sim.doorUrls['anthropic-messages']!, { method: 'POST', body });
      expect(bare.status).toBe(400);
      expect(await bare.text()).toContain('anthropic-version: header is required');
      expect(await refusalOf(sim, { max_tokens: undefined })).toBe('max_tokens: Field required');
      expect(await refusalOf(sim, { n: 2 })).toBe('n: Extra inputs are not permitted');
      expect(await refusalOf(sim, { context_management: {} })).toContain('Extra inputs');
      const beta = { 'anthropic-beta': 'context-management-2025-06-27' };
      const body2 = toMessagesBody(sim, 'x', { context_management: {} });
      expect((await postMessages(sim, body2, beta)).status).toBe(200);
    }));

  test('checks the order of tool results and prefills', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const call = { type: 'tool_use', id: 'toolu_1', name: 'find_order', input: {} };
      const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' };
      const talk = (...last: Json[]) => ({
        tools: [tool],
        messages: [{ role: 'user', content: 'x' }, { role: 'assistant', content: [call] }, ...last],
      });
      const text = { type: 'text', text: 'and?' };
      expect(await refusalOf(sim, talk({ role: 'user', content: 'x' }))).toContain(
        'were found without `tool_result`',
      );
      expect(await refusalOf(sim, talk({ role: 'user', content: [text, result] }))).toContain(
        'immediately after',
      );
      const stray = { ...result, tool_use_id: 'toolu_2' };
      expect(await refusalOf(sim, talk({ role: 'user', content: [result, stray] }))).toContain(
        'unexpected `tool_use_id`',
      );
      const good = await postMessages(
        sim,
        toMessagesBody(sim, '', talk({ role: 'user', content: [result, text] })),
      );
      expect(good.status).toBe(200);
      const prefill = [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: 'y' },
      ];
      expect(await refusalOf(sim, { messages: prefill })).toContain('prefill');
    }));

  test('signs thinking, and refuses blocks that were changed or come from elsewhere', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const first = await postMessages(sim, toMessagesBody(sim, 'find_order', { ...enabled, tools: [tool] }));
      const content = toContent(first);
      expect(content[0]).toMatchObject({ type: 'thinking', signature: expect.any(String) as string });
      const call = content.find((block) => block['type'] === 'tool_use')!;
      const result = { type: 'tool_result', tool_use_id: call['id'], content: 'ok' };
      const again = (blocks: Json[]): Json => ({
        ...enabled,
        tools: [tool],
        messages: [
          { role: 'user', content: 'find_order' },
          { role: 'assistant', content: blocks },
          { role: 'user', content: [result] },
        ],
      });
      expect((await postMessages(sim, toMessagesBody(sim, '', again(content)))).status).toBe(200);
      const changed = content.map((block) =>
        block['type'] === 'thinking' ? { ...block, thinking: 'other' } : block,
      );
      expect(await refusalOf(sim, again(changed))).toBe(
        'messages.1.content.0: Invalid `signature` in `thinking` block',
      );
      expect(await refusalOf(sim, again([call]))).toContain('Expected `thinking` or `redacted_thinking`');
      await withSim({ vendor: 'anthropic', seed: 8 }, async (other) => {
        expect(await refusalOf(other, again(content))).toContain('Invalid `signature`');
      });
    }));

  test('omits thinking on demand but keeps its signature', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const thinking = { type: 'adaptive', display: 'omitted' };
      const answer = await postMessages(sim, toMessagesBody(sim, 'x', { thinking }));
      expect(toContent(answer)[0]).toMatchObject({ type: 'thinking', thinking: '' });
      const stream = await postMessages(sim, toMessagesBody(sim, 'x', { thinking, stream: true }));
      expect(stream.text).not.toContain('thinking_delta');
      expect(stream.text).toContain('signature_delta');
    }));

  test('refuses thinking with forced tools, a small budget, a small limit and another temperature', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      expect(await refusalOf(sim, { ...enabled, tools: [tool], tool_choice: { type: 'any' } })).toContain(
        'forces tool use',
      );
      expect(await refusalOf(sim, { thinking: { type: 'enabled', budget_tokens: 5 } })).toContain(
        'budget_tokens',
      );
      expect(await refusalOf(sim, { ...enabled, max_tokens: 1000 })).toContain('must be greater than');
      expect(await refusalOf(sim, { ...enabled, temperature: 0.5 })).toContain('`temperature`');
    }));

  test('prices cache_control: written first, read afterwards, at most four marks', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const mark = { cache_control: { type: 'ephemeral' } };
      const system = [{ type: 'text', text: 'word '.repeat(1500), ...mark }];
      const usages: Json[] = [];
      for (const text of ['a', 'b']) {
        const answer = await postMessages(sim, toMessagesBody(sim, text, { system }));
        usages.push(answer.json['usage'] as Json);
      }
      expect(usages[0]).toMatchObject({ cache_read_input_tokens: 0 });
      const written = usages[0]!['cache_creation_input_tokens'] as number;
      expect(written).toBeGreaterThan(1400);
      expect(usages[1]).toMatchObject({ cache_read_input_tokens: written, cache_creation_input_tokens: 0 });
      expect(usages[1]!['input_tokens']).toBeLessThan(20);
      const plain = await postMessages(sim, toMessagesBody(sim, 'c', { system: 'word '.repeat(1500) }));
      expect(plain.json['usage']).toMatchObject({
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      });
      const five = Array.from({ length: 5 }, () => ({ type: 'text', text: 'x', ...mark }));
      expect(await refusalOf(sim, { system: five })).toContain('A maximum of 4 blocks');
    }));

  test('allows a system turn only after a user turn', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const user = { role: 'user', content: 'x' };
      const system = { role: 'system', content: 'y' };
      expect((await postMessages(sim, toMessagesBody(sim, '', { messages: [user, system] }))).status).toBe(
        200,
      );
      expect(await refusalOf(sim, { messages: [system, user] })).toContain('first message');
      expect(await refusalOf(sim, { messages: [user, system, system] })).toContain("role 'system'");
    }));

  test('counts tokens as the usage of the call', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const { max_tokens: _limit, ...body } = toMessagesBody(sim, '¿Qué hora es en Bogotá?', {
        tools: [tool],
      });
      const counted = await post(`${sim.doorUrls['anthropic-messages']!}/count_tokens`, body);
      const called = await postMessages(sim, { ...body, max_tokens: 10 });
      expect((called.json['usage'] as Json)['input_tokens']).toBe(counted.json['input_tokens']);
    }));

  test('names the stop sequence, and sends pings and request ids', () =>
    withSim({ vendor: 'anthropic' }, async (sim) => {
      const stop = { stop_sequences: ['zwei'] };
      const answer = await postMessages(sim, toMessagesBody(sim, 'Reply with exactly: eins zwei', stop));
      expect(answer.json).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'zwei' });
      expect(answer.headers.get('request-id')).toMatch(/^req_01/);
      expect(answer.headers.get('anthropic-ratelimit-requests-remaining')).not.toBeNull();
      const stream = await postMessages(sim, toMessagesBody(sim, 'x', { stream: true }));
      expect(stream.text).toContain('event: ping\n');
    }));
});

describe('compatible endpoints', () => {
  test('deepseek: errors keep its own shape, claude names are mapped, images and lost thinking refused', () =>
    withSim({ vendor: 'deepseek' }, async (sim) => {
      const claude = await postMessages(sim, { ...toMessagesBody(sim, 'x'), model: 'claude-sonnet-4-6' });
      expect([claude.status, claude.json['model']]).toEqual([200, 'claude-sonnet-4-6']);
      const unknown = await postMessages(sim, { ...toMessagesBody(sim, 'x'), model: 'gpt-5' });
      expect([unknown.status, unknown.json]).toMatchObject([400, { error: { message: 'Model Not Exist' } }]);
      const call = { type: 'tool_use', id: 'a', name: 'find_order', input: {} };
      const messages = [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [call] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'ok' }] },
      ];
      const lost = await postMessages(sim, toMessagesBody(sim, '', { messages, tools: [tool] }));
      expect(lost.status).toBe(400);
      expect(lost.text).toContain('The `content[].thinking` in the thinking mode must be passed back');
      const calm = { messages, tools: [tool], thinking: { type: 'disabled' } };
      expect((await postMessages(sim, toMessagesBody(sim, '', calm))).status).toBe(200);
    }));

  test('glm and qwen refuse system turns in the words that clients know', async () => {
    for (const vendor of ['glm', 'qwen'] as const) {
      await withSim({ vendor }, async (sim) => {
        const messages = [
          { role: 'user', content: 'x' },
          { role: 'system', content: 'y' },
        ];
        const answer = await postMessages(sim, toMessagesBody(sim, '', { messages }));
        expect(answer.status).toBe(400);
        expect(answer.text).toContain("role 'system' is not supported on this model");
      });
    }
  });
});
