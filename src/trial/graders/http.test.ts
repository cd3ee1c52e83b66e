import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { failure, success } from '../../kernel/index.ts';
import { createHttpGrader, type GraderPort, httpOptions } from './http.ts';

/** A grader of somebody's own: the path says how it behaves. */
const server = createServer((request, response) => {
  void readBody(request).then((body) => {
    const { answer } = JSON.parse(body) as { readonly answer: string };
    const replies: Readonly<Record<string, string>> = {
      '/good': JSON.stringify({ score: answer === 'yes' ? 1 : 0.25, reason: 'judged' }),
      '/ungradable': JSON.stringify({ ungradable: 'no rubric' }),
      '/high': JSON.stringify({ score: 7 }),
      '/text': 'fine',
      '/huge': JSON.stringify({ score: 1, reason: 'x'.repeat(200_000) }),
    };
    response.statusCode = request.url === '/down' ? 500 : 200;
    response.end(replies[request.url ?? ''] ?? body);
  });
});

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

const port: GraderPort = {
  async post({ url, body, timeoutMs }) {
    try {
      const answer = await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(timeoutMs) });
      return success({ status: answer.status, body: await answer.text() });
    } catch {
      return failure('CHG_UPSTREAM_UNREACHABLE', {});
    }
  },
};

let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
});

async function grade(path: string, text = 'yes'): Promise<unknown> {
  const grader = createHttpGrader(httpOptions.parse({ url: `${base}${path}` }), port);
  return grader.grade({
    answer: { text, toolCalls: [{ name: 'f', arguments: {} }] },
    prompt: 'p',
    reference: { a: 1 },
  });
}

test('the http grader takes a score and a reason', async () => {
  expect(await grade('/good')).toEqual({ kind: 'scored', score: 1, reason: 'judged' });
  expect(await grade('/good', 'no \ud800')).toMatchObject({ score: 0.25 });
  expect(await grade('/ungradable')).toEqual({ kind: 'ungradable', reason: 'no rubric' });
});

test.each(['/high', '/text', '/huge', '/down', '/echo'])(
  'the http grader is ungradable on a wrong answer: %s',
  async (path) => {
    expect(await grade(path)).toMatchObject({ kind: 'ungradable' });
  },
);

test('the http grader is ungradable when nobody answers', async () => {
  const grader = createHttpGrader(httpOptions.parse({ url: 'http://127.0.0.1:1/' }), port);
  expect(await grader.grade({ answer: { text: 'x' } })).toMatchObject({
    kind: 'ungradable',
    reason: expect.stringContaining('CHG_UPSTREAM_UNREACHABLE'),
  });
});

test('httpOptions takes http and https only', () => {
  expect(httpOptions.safeParse({ url: 'file:///etc/passwd' }).success).toBe(false);
});
