import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createManualClock } from '../kernel/index.ts';
import { createFaultScript, type Fault, faultTable, type FaultFacts, type FaultName } from './faults.ts';
import {
  openRaw,
  postChat,
  postMessages,
  type RawAnswer,
  toBody,
  toChatBody,
  toMessagesBody,
  withSim,
} from './sim.case.ts';
import type { Sim } from './types.ts';

const facts: FaultFacts = { model: 'value', dialect: 'openai-chat', stream: true, reused: false };

function countFirings(fault: Fault | readonly Fault[], calls: number, seed = 1): (FaultName | null)[] {
  const script = createFaultScript(fault, seed);
  return Array.from({ length: calls }, () => script.choose(facts)?.name ?? null);
}

describe('createFaultScript()', () => {
  test('fires a bare name always', () => {
    expect(countFirings('stall', 3)).toEqual(['stall', 'stall', 'stall']);
  });

  test('fires every nth, the first n, and after a skip', () => {
    expect(countFirings({ fault: '500', every: 3 }, 6)).toEqual([null, null, '500', null, null, '500']);
    expect(countFirings({ fault: '500', first: 2 }, 4)).toEqual(['500', '500', null, null]);
    expect(countFirings({ fault: '500', skip: 2, first: 1 }, 4)).toEqual([null, null, '500', null]);
  });

  test('takes the first rule that fires', () => {
    const script = [{ fault: '500', every: 2 } as const, '503' as const];
    expect(countFirings(script, 4)).toEqual(['503', '500', '503', '500']);
  });

  test('fires on a share chosen by the seed', () => {
    const fired = countFirings({ fault: '500', share: 0.25 }, 2000).filter((name) => name !== null).length;
    expect(fired).toBeGreaterThan(400);
    expect(fired).toBeLessThan(600);
    const again = countFirings({ fault: '500', share: 0.25 }, 50, 9);
    expect(countFirings({ fault: '500', share: 0.25 }, 50, 9)).toEqual(again);
    expect(countFirings({ fault: '500', share: 0.25 }, 50, 10)).not.toEqual(again);
  });

  test('matches by model, dialect, streaming and reuse', () => {
    const choose = (fault: Fault, more: Partial<FaultFacts> = {}) =>
      createFaultScript(fault, 1).choose({ ...facts, ...more })?.name ?? null;
    expect(choose({ fault: '500', model: 'other' })).toBeNull();
    expect(choose({ fault: '500', model: 'value' })).toBe('500');
    expect(choose({ fault: '500', dialect: 'gemini' })).toBeNull();
    expect(choose({ fault: '500', stream: false })).toBeNull();
    expect(choose('reset-reused')).toBeNull();
    expect(choose('reset-reused', { reused: true })).toBe('reset-reused');
  });
});

/** Sends one streamed and one whole chat request over raw sockets, each on a connection of its own. */
async function sendBoth(
  fault: Fault,
  until: (seen: Buffer) => boolean = () => false,
  use: (answers: { stream: RawAnswer; whole: RawAnswer; sim: Sim }) => void = () => undefined,
): Promise<void> {
  await withSim({ vendor: 'qwen', script: fault }, async (sim) => {
    const send = async (stream: boolean): Promise<RawAnswer> => {
      const connection = await openRaw(sim);
      const body = toChatBody(sim, 'Grüße aus Köln 🙂', { stream });
      const isEnough = (seen: Buffer): boolean => until(seen) || seen.includes('\r\n0\r\n\r\n');
      const answer = await connection.send(sim.doorUrls['openai-chat']!, body, isEnough);
      connection.close();
      return answer;
    };
    const stream = await send(true);
    const whole = await send(false);
    use({ stream, whole, sim });
    const name = typeof fault === 'string' ? fault : fault.fault;
    expect(sim.stats().faults).toEqual({ [name]: 2 });
    expect(sim.requests().map((request) => request.fault)).toEqual([name, name]);
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true });
const toText = (answer: RawAnswer): string => toBody(answer).toString('utf8');

/** The declared length is met, so that a reader may stop. */
function isWhole(seen: Buffer): boolean {
  const length = /content-length: (\d+)/i.exec(seen.toString('latin1'))?.[1];
  return length !== undefined && seen.length >= seen.indexOf('\r\n\r\n') + 4 + Number(length);
}

describe('faults on the wire', () => {
  test('reset: RST before the first byte', () =>
    sendBoth('reset', undefined, ({ stream, whole }) => {
      for (const answer of [stream, whole]) {
        expect(answer.end).toBe('reset');
        expect(answer.bytes).toHaveLength(0);
      }
    }));

  test('reset-reused: the first request on a connection is answered, the second reset', () =>
    withSim({ vendor: 'openai', script: 'reset-reused' }, async (sim) => {
      const connection = await openRaw(sim);
      const url = sim.doorUrls['openai-chat']!;
      const first = await connection.send(url, toChatBody(sim, 'hi'), isWhole);
      expect(first.bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
      const second = await connection.send(url, toChatBody(sim, 'hi'));
      expect(second).toMatchObject({ end: 'reset', bytes: Buffer.alloc(0) });
      expect(sim.stats().faults).toEqual({ 'reset-reused': 1 });
    }));

  test('cut-in-utf8: what came ends inside a character', () =>
    sendBoth('cut-in-utf8', undefined, ({ stream, whole }) => {
      for (const answer of [stream, whole]) {
        expect(answer.end).toBe('fin');
        expect(answer.bytes.toString('latin1')).not.toContain('\r\n0\r\n\r\n');
        expect(() => decoder.decode(toBody(answer))).toThrow(TypeError);
        expect(() => decoder.decode(toBody(answer).subarray(0, -1))).not.toThrow();
      }
    }));

  test('cut-in-field: what came ends inside a line', () =>
    sendBoth('cut-in-field', undefined, ({ stream, whole }) => {
      expect(stream.end).toBe('fin');
      expect(toText(stream)).toMatch(/\n\ndata: [^\n]+$/);
      expect(() => JSON.parse(toText(whole)) as unknown).toThrow(SyntaxError);
      expect(isWhole(whole.bytes)).toBe(false);
    }));

  test('cut-after-n: whole events, then the end without [DONE]', () =>
    sendBoth({ fault: 'cut-after-n', afterEvents: 2 }, undefined, ({ stream }) => {
      expect(stream.end).toBe('fin');
      const events = toText(stream).split('\n\n');
      expect(events.pop()).toBe('');
      expect(events).toHaveLength(3);
      expect(stream.bytes.toString('latin1')).not.toContain('\r\n0\r\n\r\n');
    }));

  test('malformed-chunk: one event is not JSON and the stream goes on; a whole answer is cut JSON', () =>
    sendBoth('malformed-chunk', isWhole, ({ stream, whole }) => {
      const events = toText(stream)
        .split('\n\n')
        .filter((event) => event.startsWith('data: {'));
      const broken = events.filter((event) => {
        try {
          JSON.parse(event.slice(6));
          return false;
        } catch {
          return true;
        }
      });
      expect(broken).toHaveLength(1);
      expect(toText(stream)).toContain('[DONE]');
      expect(() => JSON.parse(toText(whole)) as unknown).toThrow(SyntaxError);
    }));

  test('ok-with-error-body: status 200 with an error', () =>
    sendBoth('ok-with-error-body', isWhole, ({ stream, whole }) => {
      for (const answer of [stream, whole]) {
        expect(answer.bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
      }
      expect(toText(stream)).toMatch(/^data: \{"error":/);
      expect(toText(whole)).toMatch(/^\{"error":/);
    }));

  test('stall: content, then nothing while the connection stands', () =>
    sendBoth(
      { fault: 'stall', afterEvents: 1 },
      (seen) =>
        seen.toString('utf8').split('data: ').length === 3 ||
        (seen.includes('content-length') && seen.includes('{"ch')),
      ({ stream, whole, sim }) => {
        expect(stream.end).toBe('open');
        expect(whole.end).toBe('open');
        expect(sim.stats().openConnections).toBeGreaterThan(0);
      },
    ));

  test('finish-without-done and duplicate-done differ in the last event only', async () => {
    await withSim({ vendor: 'openai' }, async (sim) => {
      const read = async (fault: FaultName | null): Promise<number> => {
        sim.setFault(fault);
        const { text } = await postChat(sim, toChatBody(sim, 'x', { stream: true }));
        expect(text).toContain('"finish_reason":"stop"');
        return text.split('data: [DONE]\n\n').length - 1;
      };
      expect([await read(null), await read('finish-without-done'), await read('duplicate-done')]).toEqual([
        1, 0, 2,
      ]);
    });
  });

  test('endless-stream: content comes until the client leaves', () =>
    sendBoth(
      'endless-stream',
      (seen) => seen.length > 200_000,
      ({ stream, whole }) => {
        expect(stream.end).toBe('open');
        expect(toText(stream)).not.toContain('"finish_reason":"stop"');
        expect(whole.end).toBe('open');
      },
    ));

  test('endless-stream counts as abandoned and stops writing when the client leaves', () =>
    withSim({ vendor: 'openai', script: 'endless-stream' }, async (sim) => {
      const leaving = new AbortController();
      const body = JSON.stringify(toChatBody(sim, 'x', { stream: true }));
      const response = await fetch(sim.doorUrls['openai-chat']!, {
        method: 'POST',
        body,
        signal: leaving.signal,
      });
      const reader = response.body!.getReader();
      await reader.read();
      leaving.abort();
      while (sim.stats().abandoned === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(sim.stats().abandoned).toBe(1);
    }));

  test('huge-frame: one event of the wanted size', () =>
    withSim({ vendor: 'openai', script: { fault: 'huge-frame', bytes: 300_000 } }, async (sim) => {
      const { text } = await postChat(sim, toChatBody(sim, 'x', { stream: true }));
      expect(Math.max(...text.split('\n\n').map((event) => event.length))).toBeGreaterThan(300_000);
    }));

  test('torn-writes: the same bytes as without the fault', () =>
    withSim({ vendor: 'glm', clock: createManualClock() }, async (sim) => {
      const plain = (await postChat(sim, toChatBody(sim, 'Ça va ? 🙂', { stream: true }))).text;
      sim.setFault('torn-writes');
      const torn = (await postChat(sim, toChatBody(sim, 'Ça va ? 🙂', { stream: true }))).text;
      const unify = (text: string) => text.replaceAll(/"id":"[^"]+"/g, '');
      expect(unify(torn)).toBe(unify(plain));
    }));

  test('gzip-although-identity-asked: compressed, and labelled so', () =>
    sendBoth('gzip-although-identity-asked', isWhole, ({ stream, whole }) => {
      for (const answer of [stream, whole]) {
        expect(answer.bytes.toString('latin1').toLowerCase()).toContain('content-encoding: gzip');
        expect(gunzipSync(toBody(answer)).toString('utf8')).toMatch(/"content":"[^"]*üß/);
      }
    }));

  test('wrong-content-type: text/html over a right body', () =>
    sendBoth('wrong-content-type', isWhole, ({ stream, whole }) => {
      for (const answer of [stream, whole]) {
        expect(answer.bytes.toString('latin1').toLowerCase()).toContain('content-type: text/html');
      }
      expect(toText(stream)).toContain('[DONE]');
    }));

  test.each([
    ['429', 429],
    ['429-without-retry-after', 429],
    ['500', 500],
    ['503', 503],
    ['529', 529],
    ['balance', 402],
    ['banned', 403],
    ['content-refused', 400],
    ['unknown-status', 599],
  ] as const)('%s: status %i', (name, status) =>
    withSim({ vendor: 'deepseek', script: { fault: name, retryAfterSeconds: 3 } }, async (sim) => {
      const chat = await postChat(sim, toChatBody(sim, 'x', { stream: true }));
      expect(chat.status).toBe(status);
      expect(chat.headers.get('retry-after')).toBe(name === '429' ? '3' : null);
      expect((await postMessages(sim, toMessagesBody(sim, 'x'))).status).toBe(status);
      expect(sim.stats().statuses).toEqual({ [status]: 2 });
    }),
  );

  test.each([
    ['balance', 429, '1113'],
    ['banned', 429, '1313'],
    ['content-refused', 400, '1301'],
    ['429', 429, '1302'],
  ] as const)('at GLM the inner code decides: %s', (name, status, code) =>
    withSim({ vendor: 'glm', script: name }, async (sim) => {
      const chat = await postChat(sim, toChatBody(sim, 'x'));
      expect(chat.status).toBe(status);
      expect(chat.json).toMatchObject({ error: { code } });
    }),
  );

  test('wrong-usage, no-usage and empty-answer change just that', () =>
    withSim({ vendor: 'openai' }, async (sim) => {
      const right = (await postChat(sim, toChatBody(sim, 'x'))).json;
      sim.setFault('wrong-usage');
      const wrong = (await postChat(sim, toChatBody(sim, 'x'))).json;
      const total = (json: Record<string, unknown>) =>
        (json['usage'] as { total_tokens: number }).total_tokens;
      expect(total(wrong)).toBe(total(right) * 7);
      sim.setFault('no-usage');
      const none = await postChat(
        sim,
        toChatBody(sim, 'x', { stream: true, stream_options: { include_usage: true } }),
      );
      expect(none.text).not.toContain('usage');
      sim.setFault('empty-answer');
      const empty = (await postChat(sim, toChatBody(sim, 'x'))).json;
      expect(empty).toMatchObject({ choices: [{ message: { content: '' }, finish_reason: 'stop' }] });
    }));

  test('content-filtered ends early with the vendor’s finish reason', async () => {
    for (const [vendor, reason] of [
      ['glm', 'sensitive'],
      ['openai', 'content_filter'],
    ] as const) {
      await withSim({ vendor, script: 'content-filtered' }, async (sim) => {
        const { json } = await postChat(sim, toChatBody(sim, 'x', { thinking: { type: 'disabled' } }));
        expect(json).toMatchObject({ choices: [{ finish_reason: reason }] });
      });
    }
    await withSim({ vendor: 'anthropic', script: 'content-filtered' }, async (sim) => {
      expect((await postMessages(sim, toMessagesBody(sim, 'x'))).json).toMatchObject({
        stop_reason: 'refusal',
      });
    });
  });
});

describe('faults of time', () => {
  const delayMs = 5000;

  test.each(['slow-first-byte', 'slow-headers', 'slow-first-token', 'queued'] as const)(
    '%s ends when the clock has moved, and not before',
    (name) => {
      const clock = createManualClock();
      return withSim({ vendor: 'deepseek', clock, script: { fault: name, delayMs } }, async (sim) => {
        const connection = await openRaw(sim);
        const seen: Buffer[] = [];
        const isEnd = (bytes: Buffer): boolean => {
          seen.push(bytes);
          return bytes.includes('\r\n0\r\n\r\n');
        };
        const answer = connection.send(
          sim.doorUrls['openai-chat']!,
          toChatBody(sim, 'x', { stream: true }),
          isEnd,
        );
        while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve));
        const expected = { 'slow-first-byte': '', 'slow-headers': 'HTTP/1.1 200 OK\r\n' };
        if (name === 'slow-first-byte') expect(Buffer.concat(seen).toString()).toBe(expected[name]);
        let isDone = false;
        void answer.then(() => (isDone = true));
        let passedMs = 0;
        while (!isDone) {
          if (clock.pending() > 0) {
            clock.advance(50);
            passedMs += 50;
          }
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(passedMs).toBeGreaterThanOrEqual(delayMs - 50);
        const text = (await answer).bytes.toString('utf8');
        expect(text).toContain('data: [DONE]');
        expect(text.split(': keep-alive\n\n').length - 1).toBe(name === 'queued' ? 4 : 0);
        connection.close();
        expect(clock.pending()).toBe(0);
      });
    },
  );

  test('queued whole answers are led by blank lines that JSON parsers skip', () =>
    withSim({ vendor: 'deepseek', script: { fault: 'queued', delayMs: 1 } }, async (sim) => {
      const { text, json } = await postChat(sim, toChatBody(sim, 'x'));
      expect(text.startsWith('\n\n\n\n{')).toBe(true);
      expect(json).toHaveProperty('choices');
    }));

  test('a client that leaves while it waits sets no timer free', async () => {
    const clock = createManualClock();
    await withSim({ vendor: 'openai', clock, script: 'slow-first-byte' }, async (sim) => {
      const leaving = new AbortController();
      const body = JSON.stringify(toChatBody(sim, 'x'));
      const call = fetch(sim.doorUrls['openai-chat']!, { method: 'POST', body, signal: leaving.signal });
      while (clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve));
      leaving.abort();
      await expect(call).rejects.toThrow('aborted');
      while (clock.pending() > 0) await new Promise((resolve) => setImmediate(resolve));
      expect(sim.stats().abandoned).toBe(1);
    });
  });
});

test('a request chooses its fault by header only where that is allowed', async () => {
  await withSim({ vendor: 'openai', allowHeaderFaults: true }, async (sim) => {
    const asked = await postChat(sim, toChatBody(sim, 'x'), { 'x-sim-fault': '429;retryAfterSeconds=9' });
    expect([asked.status, asked.headers.get('retry-after')]).toEqual([429, '9']);
    expect((await postChat(sim, toChatBody(sim, 'x'), { 'x-sim-fault': 'nonsense' })).status).toBe(200);
  });
  await withSim({ vendor: 'openai' }, async (sim) => {
    expect((await postChat(sim, toChatBody(sim, 'x'), { 'x-sim-fault': '500' })).status).toBe(200);
  });
});

test('the guide lists every fault with the sentence of the table', () => {
  const guide = readFileSync(new URL('../../docs/guide/simulators.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| `([a-z0-9-]+)` +\| (.+?) +\|$/gmu)].map(([, name, text]) => [
    name,
    text,
  ]);
  expect(Object.fromEntries(rows)).toMatchObject(faultTable);
});
