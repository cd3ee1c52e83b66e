import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createManualClock, parseMoney } from '../kernel/index.ts';
import { openRaw, post, postChat, postMessages, toChatBody, toMessagesBody, withSim } from './sim.case.ts';
import { startSim } from './start-sim.ts';
import { simVendors } from './types.ts';

describe('startSim()', () => {
  test.each(simVendors)('%s: one seed and one order of requests give the same bytes', async (vendor) => {
    const run = async (seed: number): Promise<string[]> => {
      const texts: string[] = [];
      await withSim({ vendor, seed, clock: createManualClock() }, async (sim) => {
        for (const stream of [false, true]) {
          const chat = sim.doorUrls['openai-chat'];
          if (chat !== undefined) {
            texts.push((await post(chat, toChatBody(sim, 'Hallo, wie geht es?', { stream }))).text);
          }
          const messages = sim.doorUrls['anthropic-messages'];
          if (messages !== undefined) {
            texts.push((await post(messages, toMessagesBody(sim, 'Hi', { stream }))).text);
          }
        }
      });
      return texts;
    };
    const first = await run(5);
    expect(await run(5)).toEqual(first);
    expect(await run(6)).not.toEqual(first);
  });

  test('serves what the vendor serves, or what is forced', async () => {
    await withSim({ vendor: 'anthropic' }, async (sim) => {
      expect(Object.keys(sim.doorUrls)).toEqual(['anthropic-messages']);
      expect((await post(`${sim.url}/v1/chat/completions`, {})).status).toBe(404);
    });
    await withSim({ vendor: 'glm', dialects: ['openai-chat'] }, async (sim) => {
      expect(sim.doorUrls).toEqual({ 'openai-chat': `${sim.url}/api/paas/v4/chat/completions` });
      expect((await post(`${sim.url}/api/anthropic/v1/messages`, {})).status).toBe(404);
    });
    const wrong = startSim({ vendor: 'openai', seed: 1, clock: createManualClock(), dialects: ['gemini'] });
    await expect(wrong).rejects.toThrow('Cannot simulate dialect "gemini"');
  });

  test('rejects when the port is taken', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      const port = Number(new URL(sim.url).port);
      const second = startSim({ vendor: 'qwen', seed: 1, clock: createManualClock(), port });
      await expect(second).rejects.toThrow('EADDRINUSE');
    }));

  test('keeps the exact bytes and headers of the last requests', () =>
    withSim({ vendor: 'openai', keepRequests: 2 }, async (sim) => {
      const odd =
        '{ "model":"frontier",\t"messages":[{"role":"user","content":"\\u00fc 1.0"}], "seed": 1.0 }';
      for (const text of ['{}', odd, odd]) {
        await post(sim.doorUrls['openai-chat'], text, { 'X-Odd': 'Välue' });
      }
      const kept = sim.requests();
      expect(kept).toHaveLength(2);
      expect(Buffer.from(kept[1]!.body).toString('utf8')).toBe(odd);
      expect(kept[1]!.rawHeaders.map((entry) => entry.toLowerCase())).toContain('x-odd');
      expect(kept[1]).toMatchObject({ method: 'POST', url: '/v1/chat/completions', fault: null });
    }));

  test('accepts only its key, when it has one, in both places', () =>
    withSim({ vendor: 'deepseek', apiKey: 'right' }, async (sim) => {
      const send = async (headers: Record<string, string>) =>
        (await postChat(sim, toChatBody(sim, 'x'), headers)).status;
      expect(await send({})).toBe(401);
      expect(await send({ authorization: 'Bearer wrong' })).toBe(401);
      expect(await send({ authorization: 'Bearer right' })).toBe(200);
      expect(await send({ 'x-api-key': 'right' })).toBe(200);
    }));

  test('paces a stream by the clock', async () => {
    const clock = createManualClock();
    const speed = { firstTokenMs: 200, tokensPerSecond: 10 };
    await withSim({ vendor: 'openai', clock, speed }, async (sim) => {
      const answer = postChat(sim, toChatBody(sim, 'Reply with exactly: a b c', { stream: true }));
      let passedMs = 0;
      let isDone = false;
      void answer.then(() => (isDone = true));
      while (!isDone) {
        if (clock.pending() > 0) {
          clock.advance(100);
          passedMs += 100;
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await answer).text).toContain('[DONE]');
      expect(passedMs).toBe(400);
    });
  });

  test('bills by its price, cached tokens apart', async () => {
    const price = {
      currency: 'USD',
      inputNanoPerMillion: parseMoney('2') ?? 0n,
      cacheReadNanoPerMillion: parseMoney('0.5') ?? 0n,
      outputNanoPerMillion: parseMoney('8') ?? 0n,
    };
    await withSim({ vendor: 'deepseek', price }, async (sim) => {
      for (let call = 0; call < 2; call++) await postChat(sim, toChatBody(sim, 'word '.repeat(300)));
      const { inputTokens, cachedTokens, outputTokens, chargedNano } = sim.stats();
      expect(cachedTokens).toBeGreaterThan(0);
      const expected = (inputTokens - cachedTokens) * 2000 + cachedTokens * 500 + outputTokens * 8000;
      expect(chargedNano).toBe(BigInt(expected));
    });
  });

  test('closes while streams are open', async () => {
    const sim = await startSim({ vendor: 'openai', seed: 1, clock: createManualClock(), script: 'stall' });
    const connection = await openRaw(sim);
    const body = toChatBody(sim, 'x', { stream: true });
    const answer = connection.send(sim.doorUrls['openai-chat']!, body);
    while (sim.stats().streams === 0) await new Promise((resolve) => setImmediate(resolve));
    await sim.close();
    expect((await answer).end).not.toBe('open');
    connection.close();
  });
});

describe('hostile input', () => {
  test.each([
    ['no JSON', 'nonsense'],
    ['an empty body', ''],
    ['a list', '[]'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['nesting of 100,000', `{"model":"frontier","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    [
      'fields of wrong types',
      '{"model":"frontier","messages":[{"role":"user","content":"x"}],"tools":7,"stop":{}}',
    ],
    ['messages of wrong types', '{"model":"frontier","max_tokens":5,"messages":[null,7,"x"]}'],
    ['__proto__', '{"__proto__":{"model":"frontier"},"messages":1}'],
  ])('%s is a 400 of each vendor', async (_name, body) => {
    for (const vendor of simVendors) {
      await withSim({ vendor, models: ['frontier'] }, async (sim) => {
        for (const url of Object.values(sim.doorUrls)) {
          const headers = { 'anthropic-version': '2023-06-01' };
          const response = await fetch(url, { method: 'POST', body, headers });
          expect(response.status).toBe(400);
          expect(await response.json()).toHaveProperty('error');
        }
      });
    }
  });

  test('a schema that requires itself ends, and one that is huge stays bounded', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, required: ['next'] };
      const parameters = { $ref: '#/$defs/node', $defs: { node } };
      const tools = [{ type: 'function', function: { name: 'go', parameters } }];
      const answer = await postChat(sim, toChatBody(sim, 'go', { tools, tool_choice: 'required' }));
      expect(answer.status).toBe(200);
      expect(answer.text.length).toBeLessThan(5000);
    }));

  test('a body over the limit is a 413, and the sim lives on', () =>
    withSim({ vendor: 'openai', keepRequests: 0 }, async (sim) => {
      const status = await new Promise<number>((resolve, reject) => {
        const url = sim.doorUrls['openai-chat']!;
        const outgoing = httpRequest(url, { method: 'POST' }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        outgoing.on('error', reject);
        const block = Buffer.alloc(1024 * 1024, 0x20);
        for (let count = 0; count < 65; count++) outgoing.write(block);
        outgoing.end();
      });
      expect(status).toBe(413);
      expect((await postChat(sim, toChatBody(sim, 'x'))).status).toBe(200);
    }));

  test('garbage on the socket does no harm', () =>
    withSim({ vendor: 'glm' }, async (sim) => {
      const connection = await openRaw(sim);
      connection.close();
      expect((await fetch(`${sim.url}/nowhere?x=1`)).status).toBe(404);
      expect((await fetch(sim.doorUrls['openai-chat']!)).status).toBe(405);
      expect((await postMessages(sim, toMessagesBody(sim, 'x'))).status).toBe(200);
    }));
});

describe('the fixed answer', () => {
  test('has the wanted size and the vendor’s schema, streamed and not', () =>
    withSim({ vendor: 'deepseek', fixed: { fixedAnswerBytes: 600, events: 20 } }, async (sim) => {
      const whole = await postChat(sim, { anything: 'goes' });
      const [choice] = whole.json['choices'] as { message: { content: string } }[];
      expect(choice!.message.content).toHaveLength(600);
      const stream = await postMessages(sim, { stream: true });
      expect(stream.text.match(/"text_delta"/g)).toHaveLength(20);
      expect(stream.text).toContain('event: message_stop');
      expect((await fetch(sim.modelsUrl)).status).toBe(200);
    }));
});
