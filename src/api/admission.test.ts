import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/api/start-test-api.ts';
import { askApi } from './ask-api.case.ts';
import { operations } from './operations/table.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

/** Sends exact bytes, which no HTTP client would, and reads until the server ends the connection. */
function sendRaw(head: string, body: string | Buffer = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(api.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.on('close', () => resolve(text)).on('error', reject);
    socket.write(`${head.replaceAll('\n', '\r\n')}\r\n\r\n`);
    socket.write(body);
  });
}

function rawGet(target: string, headers = ''): Promise<string> {
  return sendRaw(
    `GET ${target} HTTP/1.1\nHost: gateway.test\nConnection: close\nAuthorization: Bearer ${api.adminKey}${headers}`,
  );
}

const statusOf = (answer: string): number => Number(answer.split(' ')[1]);

describe('who may ask', () => {
  test('every operation but the sign-in refuses a caller without a key', async () => {
    for (const operation of operations.filter(({ access }) => access === 'admin')) {
      const path = operation.path.replace(/\{\w+\}/g, 'x');
      const { status, headers } = await askApi(api, `${operation.method} ${path}`, { key: null });
      expect([operation.id, status]).toEqual([operation.id, 401]);
      expect(headers.get('www-authenticate')).toContain('Bearer');
    }
    expect(operations.filter(({ access }) => access === 'public').map(({ id }) => id)).toEqual([
      'openSession',
    ]);
  });

  test.each([
    ['no scheme', 'chga_test-admin-key'],
    ['another scheme', 'Basic chga_test-admin-key'],
    ['the key in capitals', 'Bearer CHGA_TEST-ADMIN-KEY'],
    ['a beginning of the key', 'Bearer chga_test-admin'],
    ['the key and more', 'Bearer chga_test-admin-keyy'],
    ['two keys', 'Bearer chga_test-admin-key chga_test-admin-key'],
    ['an empty key', 'Bearer '],
    ['a client key', 'Bearer chg_abcdefgh'],
    ['a very long key', `Bearer ${'x'.repeat(5000)}`],
  ])('%s is refused', async (_name, authorization) => {
    const { status } = await askApi(api, 'GET /api/keys', { key: null, headers: { authorization } });
    expect(status).toBe(401);
  });

  test('the key is read from the Authorization header only', async () => {
    const key = api.adminKey;
    const headers = { 'x-api-key': key, cookie: `key=${key}`, 'x-goog-api-key': key };
    expect((await askApi(api, 'GET /api/keys', { key: null, headers })).status).toBe(401);
    expect((await askApi(api, `GET /api/keys?key=${key}`, { key: null })).status).toBe(401);
    const lower = await askApi(api, 'GET /api/keys', {
      key: null,
      headers: { authorization: `bearer ${key}` },
    });
    expect(lower.status).toBe(200);
  });

  test('an unknown path tells nothing to who may not ask', async () => {
    expect((await askApi(api, 'GET /api/nothing', { key: null })).status).toBe(401);
    expect((await askApi(api, 'GET /api/nothing')).body.error.code).toBe('CHG_PATH_UNKNOWN');
    expect((await askApi(api, 'GET /api')).status).toBe(404);
  });

  test('OpenAPI is public and says which version it is of', async () => {
    const response = await fetch(`${api.url}/api/openapi.json`);
    expect(await response.json()).toMatchObject({ openapi: '3.1.0', info: { version: '0.1.0' } });
  });
});

describe('wrong keys', () => {
  test('an address that guesses must wait, even when it then guesses right, and is forgiven in time', async () => {
    for (let guess = 0; guess < 10; guess++) {
      expect((await askApi(api, 'GET /api/keys', { key: `guess-${guess}` })).status).toBe(401);
    }
    const blocked = await askApi(api, 'GET /api/keys');
    expect(blocked.body.error.code).toBe('CHG_ADMIN_THROTTLED');
    expect(blocked.headers.get('retry-after')).toBe('6');
    api.clock.advance(6_000);
    expect((await askApi(api, 'GET /api/keys')).status).toBe(200);
  });

  test('guessing a one-time token counts too, and a session that is open goes on working', async () => {
    const { token } = api.api.issueLink(60_000);
    const opened = await askApi(api, 'POST /api/session', { body: { token }, key: null });
    for (let guess = 0; guess < 10; guess++) {
      await askApi(api, 'POST /api/session', { body: { token: `guess-${guess}` }, key: null });
    }
    const blocked = await askApi(api, 'POST /api/session', { body: { token: 'x' }, key: null });
    expect(blocked.body.error.code).toBe('CHG_ADMIN_THROTTLED');
    expect((await askApi(api, 'GET /api/keys', { key: opened.body.session })).status).toBe(200);
  });

  test('asking without a key is no guess', async () => {
    for (let time = 0; time < 30; time++) await askApi(api, 'GET /api/keys', { key: null });
    expect((await askApi(api, 'GET /api/keys')).status).toBe(200);
  });
});

describe('paths', () => {
  test.each([
    '//api/keys',
    '/x/../api/keys',
    '/api/../api/keys',
    '/api/./keys',
    '/%61pi/keys',
    '/api/%2e%2e/api/keys',
    '/api%2Fkeys',
    '/API/keys',
    '/api/Keys',
    '/api/keys/',
    '/api//keys',
    '/api\\keys',
    '/api/keys%00',
    '/api/keys;x=1',
    'http://gateway.test/api/keys',
    '/api/calls/%E0%A4%A',
  ])('%s is nothing', async (target) => {
    expect(statusOf(await rawGet(target))).toBe(404);
  });

  test('a strange Host changes nothing and is not repeated', async () => {
    const head = `GET /api/status HTTP/1.1\nHost: evil.test\nConnection: close\nAuthorization: Bearer ${api.adminKey}`;
    const answer = await sendRaw(head);
    expect(statusOf(answer)).toBe(200);
    expect(answer).not.toContain('evil.test');
  });

  test('another method is refused with those that are allowed', async () => {
    const put = await askApi(api, 'PATCH /api/keys');
    expect(put.status).toBe(405);
    expect(put.headers.get('allow')).toBe('POST, GET');
    const serving = await askApi(api, 'POST /api/routes/support/serving', { body: {} });
    expect(serving.headers.get('allow')).toBe('PUT');
    expect((await askApi(api, 'OPTIONS /api/keys')).headers.get('access-control-allow-origin')).toBe(null);
  });

  test("what is not the control plane's is left alone", async () => {
    for (const path of ['/v1/models', '/apis', '/page', '/page/secret', '/index.html']) {
      expect(await (await fetch(api.url + path)).text()).toBe('not claimed');
    }
  });
});

describe('other sites', () => {
  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { origin: 'http://127.0.0.1:1' },
  ])('%j is refused before anything is done', async (headers) => {
    const { status, body } = await askApi(api, 'POST /api/keys', {
      body: { name: 'x' },
      headers: headers as unknown as Record<string, string>,
    });
    expect(status).toBe(403);
    expect(body.error.message).toContain('another site');
    expect((await askApi(api, 'GET /api/keys')).body.keys).toEqual([]);
  });

  test('the page itself and a plain client are not another site', async () => {
    const own = { origin: api.url, 'sec-fetch-site': 'same-origin' };
    expect((await askApi(api, 'GET /api/keys', { headers: own })).status).toBe(200);
  });
});

describe('bodies', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    askApi(api, 'POST /api/keys', { body, headers });

  test.each([
    ['no JSON', '{"name":'],
    ['a list', '[{"name":"x"}]'],
    ['a text', '"name"'],
    ['null', 'null'],
    ['deep nesting', '['.repeat(200_000)],
  ])('%s is refused', async (_name, body) => {
    const { status, body: answer } = await post(body);
    expect([status, answer.error.code]).toEqual([400, 'CHG_BODY_INVALID']);
  });

  test('a field named __proto__ is a field like any other, and is refused', async () => {
    const { body } = await post('{"name":"x","__proto__":{"org":"root"}}');
    expect(body.error.message).toContain('"__proto__" is not known');
  });

  test('bytes that are not UTF-8 are refused', async () => {
    const bytes = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const head =
      `POST /api/keys HTTP/1.1\nHost: x\nConnection: close\nContent-Type: application/json\n` +
      `Authorization: Bearer ${api.adminKey}\nContent-Length: ${bytes.length}`;
    expect(await sendRaw(head, bytes)).toContain('not UTF-8');
  });

  test('a body of more than a mebibyte is refused, whether it says so or not', async () => {
    const { status, headers } = await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024) }));
    expect(status).toBe(413);
    expect(headers.get('connection')).toBe('close');
    const head =
      `POST /api/keys HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n` +
      `Authorization: Bearer ${api.adminKey}`;
    const chunk = `${(2 * 1024 * 1024).toString(16)}\r\n${'x'.repeat(2 * 1024 * 1024)}\r\n`;
    expect(statusOf(await sendRaw(head, chunk))).toBe(413);
  });

  test('a body that does not come is given up', async () => {
    const head = `POST /api/keys HTTP/1.1\nHost: x\nAuthorization: Bearer ${api.adminKey}\nContent-Length: 100`;
    const answer = sendRaw(head, '{"name":');
    while (api.clock.pending() === 0) await new Promise((resolve) => setImmediate(resolve));
    api.clock.advance(30_000);
    expect(statusOf(await answer)).toBe(408);
  });

  test('other types, other charsets and compressed bodies are refused', async () => {
    const good = '{"name":"x"}';
    expect((await post(good, { 'content-type': 'multipart/form-data' })).status).toBe(415);
    expect((await post(good, { 'content-type': 'application/json; charset=utf-16' })).status).toBe(415);
    const zipped = await post(gzipSync(good).toString('latin1'), { 'content-encoding': 'gzip' });
    expect(zipped.body.error.message).toContain('compressed');
    expect((await post(good, { 'content-type': 'application/json; charset="UTF-8"' })).status).toBe(200);
    // What `curl -d` and `fetch` with a text send when nobody names a type.
    expect((await post(good, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(200);
  });

  test('a body where none belongs is refused', async () => {
    const { body } = await askApi(api, 'POST /api/backup', { body: { folder: '/etc' } });
    expect(body.error.message).toContain('"folder" is not known');
    expect((await askApi(api, 'POST /api/backup', { body: {} })).status).toBe(200);
  });

  test('an endless client connection leaves no timer behind', async () => {
    await post('{"name":"x"}');
    expect(api.clock.pending()).toBe(0);
  });
});

describe('mistakes', () => {
  test('a mistake is answered with 500 and an id, and tells nothing of itself', async () => {
    Object.assign(api.plane, { listKeys: () => Promise.reject(new Error('secret path /x/y')) });
    const { status, text } = await askApi(api, 'GET /api/keys');
    expect(status).toBe(500);
    expect(text).toContain('mistake_');
    expect(text).not.toContain('secret path');
    expect(api.mistakes).toHaveLength(1);
  });

  test('every answer forbids sniffing, framing, keeping and referring', async () => {
    for (const path of ['/api/keys', '/api/openapi.json', '/', '/page/page.js']) {
      const { headers } = await fetch(api.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
    }
  });
});
