import { afterAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/api/start-test-api.ts';
import { answeredOperations, type Asked, askApi } from './ask-api.case.ts';
import type { CallPage, KeyPage } from './contract.ts';
import { operations } from './operations/table.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(async () => {
  const { mistakes } = api;
  await api.close();
  expect(mistakes).toEqual([]);
});
afterAll(() => {
  // Without this an operation could be added whose answers nobody ever held against its schema.
  const missing = operations.map(({ id }) => id).filter((id) => !answeredOperations.has(id));
  expect(missing, 'operations without a successful answer in these tests').toEqual([]);
});

const ask = <Request extends string>(request: Request, options?: Parameters<typeof askApi>[2]) =>
  askApi(api, request, options);

describe('keys', () => {
  test('POST /api/keys shows a key once and never again', async () => {
    const created = await ask('POST /api/keys', { body: { name: 'first' } });
    expect(created.status).toBe(200);
    expect(created.body.key).toMatch(/^chg_/);
    expect(created.body.org).toBe('main');
    const listed = await ask('GET /api/keys');
    expect(listed.body.keys).toHaveLength(1);
    expect(listed.text).not.toContain(created.body.key);
    expect(listed.text).not.toContain('"hash"');
  });

  test('POST /api/keys takes every field and tells times and money exactly', async () => {
    const body = {
      name: 'ministry',
      routes: ['support', 'demo'],
      team: 'citizens',
      org: 'health',
      expiresIn: '30d',
      maxConcurrent: 5,
      budget: { amount: 12.5, currency: 'USD', period: 'month' },
    };
    const { body: key } = await ask('POST /api/keys', { body });
    expect(key).toMatchObject({
      routes: ['support', 'demo'],
      team: 'citizens',
      org: 'health',
      maxConcurrent: 5,
      budget: { amount: '12.5', currency: 'USD', period: 'month' },
      expiresAt: api.clock.now() + 30 * 86_400_000,
    });
    const iso = await ask('POST /api/keys', { body: { name: 'iso', expiresAt: '2030-01-01T00:00:00Z' } });
    expect(iso.body.expiresAt).toBe(Date.UTC(2030, 0, 1));
    const seconds = await ask('POST /api/keys', { body: { name: 's', expiresIn: 60 } });
    expect(seconds.body.expiresAt).toBe(api.clock.now() + 60_000);
  });

  test.each([
    [{}, '"name"', 'is missing'],
    [{ name: '' }, '"name"', 'at least 1'],
    [{ name: 'a\nb' }, '"name"', 'one line'],
    [{ name: 'x', role: 'root' }, '"role"', 'not known'],
    [
      { name: 'x', budget: { amount: '1', currency: 'USD', period: 'month', burst: 1 } },
      '"budget.burst"',
      'not known',
    ],
    [{ name: 'x', budget: { amount: '-1', currency: 'USD', period: 'day' } }, '"budget.amount"', 'positive'],
    [
      { name: 'x', budget: { amount: 1e-12, currency: 'USD', period: 'day' } },
      '"budget.amount"',
      'nine places',
    ],
    [{ name: 'x', budget: { amount: '1', currency: 'usd', period: 'day' } }, '"budget.currency"', 'capital'],
    [{ name: 'x', expiresAt: 1_900_000_000 }, '"expiresAt"', 'milliseconds'],
    [{ name: 'x', expiresAt: 1, expiresIn: 1 }, '"expiresIn"', 'beside'],
    [{ name: 'x', maxConcurrent: 0 }, '"maxConcurrent"', 'at least 1'],
    [{ name: 'x', routes: [1] }, '"routes[0]"', 'string'],
    [{ name: 7 }, '"name"', 'must be of type string'],
  ])('POST /api/keys refuses %j and names the field', async (body, field, reason) => {
    const { status, body: answer } = await ask('POST /api/keys', { body });
    expect(status).toBe(400);
    expect(answer.error.code).toBe('CHG_FIELD_INVALID');
    expect(answer.error.message).toContain(field);
    expect(answer.error.message).toContain(reason);
  });

  test('POST /api/keys refuses a route that does not exist', async () => {
    const { body } = await ask('POST /api/keys', { body: { name: 'x', routes: ['nowhere'] } });
    expect(body.error.code).toBe('CHG_ROUTE_UNKNOWN');
  });

  test('DELETE /api/keys/{id} answers after the key is revoked, and keeps the first time', async () => {
    const { body: key } = await ask('POST /api/keys', { body: { name: 'gone' } });
    const first = await ask(`DELETE /api/keys/${key.id}`);
    expect(first.body.revokedAt).toBe(api.clock.now());
    api.clock.advance(1000);
    expect((await ask(`DELETE /api/keys/${key.id}`)).body.revokedAt).toBe(first.body.revokedAt);
    expect((await ask('DELETE /api/keys/key_none')).body.error.code).toBe('CHG_NOT_FOUND');
  });

  test('GET /api/keys walks all pages without a gap or a repeat while keys are made', async () => {
    const made: string[] = [];
    for (let index = 0; index < 25; index++) {
      // Some share a millisecond, where only the id keeps the order.
      if (index % 3 === 0) api.clock.advance(1);
      made.push((await ask('POST /api/keys', { body: { name: `k${index}` } })).body.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Asked<KeyPage> = await ask(
        `GET /api/keys?limit=4${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.body.keys.map(({ id }) => id));
      cursor = page.body.next;
      await ask('POST /api/keys', { body: { name: 'meanwhile' } });
    } while (cursor !== null);
    expect(seen).toEqual(made.toReversed());
    expect((await ask('GET /api/keys?cursor=key_none')).body.error.message).toContain('"cursor"');
  });
});

describe('routes', () => {
  test('GET /api/routes shows what serves, where it runs and how it fares', async () => {
    api.plane.healthOf.set('qwen3.7-plus@qwen-sg', {
      coolUntil: api.clock.now() + 5000,
      consecutiveFailures: 3,
      lastFailureAt: api.clock.now(),
    });
    const { body } = await ask('GET /api/routes');
    expect(body.routes.map((route) => route.name)).toEqual(['citizens', 'demo', 'support']);
    const support = body.routes[2];
    expect(support?.serving).toMatchObject({ version: 1, shares: [{ offer: 'gpt-5.5@openai', share: 1 }] });
    expect(support?.offers[1]).toMatchObject({
      name: 'qwen3.7-plus@qwen-sg',
      jurisdiction: { runsIn: 'SG', operatorCountry: 'CN' },
      tariff: { input: '0.4', currency: 'USD' },
      health: { state: 'cooling', consecutiveFailures: 3 },
    });
    expect(body.routes[1]?.offers[0]?.simulated).toBe(true);
  });

  test('PUT serving switches, history tells it, and back goes back', async () => {
    const switched = await ask('PUT /api/routes/support/serving', {
      body: { offer: 'qwen3.7-plus@qwen-sg', reason: 'half the price' },
    });
    expect(switched.body).toMatchObject({
      version: 2,
      shares: [{ offer: 'qwen3.7-plus@qwen-sg', share: 1 }],
      actor: 'admin',
    });
    const back = await ask('POST /api/routes/support/back', { body: { reason: 'worse answers' } });
    expect(back.body).toMatchObject({ version: 3, shares: [{ offer: 'gpt-5.5@openai', share: 1 }] });
    const { body } = await ask('GET /api/routes/support');
    expect(body.history.map((serving) => serving.origin)).toEqual(['back', 'switch', 'config']);
    const events = await ask('GET /api/events?subject=support');
    expect(events.body.events.map((event) => event.event)).toEqual(['serving.back', 'serving.switched']);
  });

  test('PUT serving takes shares', async () => {
    const shares = [
      { offer: 'gpt-5.5@openai', share: 9 },
      { offer: 'qwen3.7-plus@qwen-sg', share: 1 },
    ];
    const { body } = await ask('PUT /api/routes/support/serving', { body: { shares, reason: 'ramp' } });
    expect(body.shares).toEqual(shares);
  });

  test('PUT serving with an old version is refused and changes nothing', async () => {
    const body = { offer: 'qwen3.7-plus@qwen-sg', reason: 'r', expectedVersion: 1 };
    expect((await ask('PUT /api/routes/support/serving', { body })).status).toBe(200);
    const second = await ask('PUT /api/routes/support/serving', { body });
    expect(second.status).toBe(409);
    expect(second.body.error).toMatchObject({
      code: 'CHG_SERVING_CONFLICT',
      detail: { actual: 2, expected: 1 },
    });
    const back = await ask('POST /api/routes/support/back', { body: { reason: 'r', expectedVersion: 1 } });
    expect(back.body.error.code).toBe('CHG_SERVING_CONFLICT');
  });

  test.each([
    ['support', { reason: 'r' }, 'CHG_FIELD_INVALID'],
    ['support', { offer: 'gpt-5.5@openai' }, 'CHG_FIELD_INVALID'],
    ['support', { offer: 'a@b', shares: [{ offer: 'a@b', share: 1 }], reason: 'r' }, 'CHG_FIELD_INVALID'],
    ['support', { shares: [{ offer: 'gpt-5.5@openai', share: 0 }], reason: 'r' }, 'CHG_FIELD_INVALID'],
    ['support', { shares: [{ offer: 'gpt-5.5@openai', share: -1 }], reason: 'r' }, 'CHG_FIELD_INVALID'],
    [
      'support',
      { shares: [1, 2].map((share) => ({ offer: 'gpt-5.5@openai', share })), reason: 'r' },
      'CHG_FIELD_INVALID',
    ],
    ['support', { shares: [], reason: 'r' }, 'CHG_FIELD_INVALID'],
    ['support', { offer: 'nothing@nowhere', reason: 'r' }, 'CHG_OFFER_UNKNOWN'],
    ['citizens', { offer: 'qwen3.7-plus@qwen-sg', reason: 'r' }, 'CHG_POLICY_REFUSED'],
    ['nowhere', { offer: 'gpt-5.5@openai', reason: 'r' }, 'CHG_ROUTE_UNKNOWN'],
  ])('PUT serving of %s refuses %j', async (route, body, code) => {
    const refused = await ask(`PUT /api/routes/${route}/serving`, { body });
    expect(refused.body.error.code).toBe(code);
    expect((await ask('GET /api/routes/support')).body.serving.version).toBe(1);
  });

  test('POST back without an earlier serving is refused', async () => {
    const { status, body } = await ask('POST /api/routes/demo/back', { body: { reason: 'r' } });
    expect([status, body.error.code]).toEqual([409, 'CHG_SERVING_NO_PREVIOUS']);
    expect((await ask('POST /api/routes/no/back', { body: { reason: 'r' } })).status).toBe(404);
  });

  test('a route name with a slash and hostile characters is one place of the path', async () => {
    const name = 'app/<img src=x onerror=alert(1)>?#%';
    api.plane.addRoute(name);
    const { body } = await ask(`GET /api/routes/${encodeURIComponent(name)}`);
    expect(body.name).toBe(name);
  });
});

describe('calls and events', () => {
  test('GET /api/calls lists newest first, page by page, without a gap or a repeat', async () => {
    const made = Array.from({ length: 120 }, () => {
      api.clock.advance(1);
      return api.plane.addCall().id;
    });
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Asked<CallPage> = await ask(
        `GET /api/calls?limit=50${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.body.calls.map(({ id }) => id));
      cursor = page.body.next;
    } while (cursor !== null);
    expect(seen).toEqual(made.toReversed());
  });

  test('GET /api/calls filters and shows money as text', async () => {
    api.plane.addCall({ route: 'demo' });
    api.plane.addCall({ status: 502, failure: 'CHG_UPSTREAM_TIMEOUT' });
    const failed = await ask('GET /api/calls?failed=true');
    expect(failed.body.calls).toHaveLength(1);
    expect(failed.body.calls[0]?.failure).toBe('CHG_UPSTREAM_TIMEOUT');
    const demo = await ask('GET /api/calls?route=demo&failed=false&purpose=client');
    expect(demo.body.calls).toHaveLength(1);
    expect(demo.body.calls[0]?.cost).toBe('0.000576');
  });

  test.each([
    ['limit=0', '"limit"'],
    ['limit=501', '"limit"'],
    ['limit=ten', '"limit"'],
    ['limit=1&limit=2', '"limit"'],
    ['offset=5', '"offset"'],
    ['failed=yes', '"failed"'],
    ['purpose=fun', '"purpose"'],
    ['__proto__=1', '"__proto__"'],
  ])('GET /api/calls?%s is refused and the field is named', async (query, field) => {
    const { status, body } = await ask(`GET /api/calls?${query}`);
    expect(status).toBe(400);
    expect(body.error.message).toContain(field);
  });

  test('GET /api/calls/{id} shows one call, and its bodies when they are kept', async () => {
    const { id } = api.plane.addCall();
    expect((await ask(`GET /api/calls/${id}`)).body.attempts[0]?.offer).toBe('gpt-5.5@openai');
    expect((await ask(`GET /api/calls/${id}/bodies`)).body.error.message).toContain('none');
    api.plane.bodies.set(id, { request: Buffer.from('{"a":"é"}'), response: Buffer.from('{}') });
    expect((await ask(`GET /api/calls/${id}/bodies`)).body).toEqual({
      request: '{"a":"é"}',
      response: '{}',
      encoding: 'utf8',
    });
    api.plane.bodies.set(id, { request: Buffer.from([0xff]), response: Buffer.from('{}') });
    expect((await ask(`GET /api/calls/${id}/bodies`)).body.encoding).toBe('base64');
    expect((await ask('GET /api/calls/call_none')).status).toBe(404);
    expect((await ask('GET /api/calls/call_none/bodies')).status).toBe(404);
  });
});

describe('endpoints', () => {
  test('GET /api/endpoints lists offers and never a credential', async () => {
    const { body } = await ask('GET /api/endpoints');
    expect(body.endpoints.map(({ name }) => name)).toEqual(['openai', 'qwen-sg', 'sim-openai']);
    expect(body.endpoints[0]).toMatchObject({ credential: false, dialects: ['openai-chat'] });
  });

  test('POST test makes a probe call that the ledger shows, and lists models', async () => {
    const { body } = await ask('POST /api/endpoints/openai/test', { body: {} });
    expect(body.ok).toBe(true);
    expect(body.steps.map(({ step }) => step)).toEqual(['models', 'call']);
    expect(body.models).toContain('gpt-5.5');
    const probes = await ask('GET /api/calls?purpose=probe');
    expect(probes.body.calls[0]?.id).toBe(body.call);
  });

  test('POST test says what failed and what to do', async () => {
    api.plane.faults = { callFails: true, modelsFail: true };
    const { status, body } = await ask('POST /api/endpoints/openai/test');
    expect(status).toBe(200);
    expect(body.ok).toBe(false);
    expect(body.steps[0]?.failure?.message).toContain('connection refused');
    expect(body.steps[1]?.failure).toMatchObject({
      code: 'CHG_UPSTREAM_CREDENTIAL',
      message: "gpt-5.5@openai did not accept the gateway's credential",
    });
  });

  test('POST test calls nothing when no route allows where the endpoint runs', async () => {
    api.plane.removeRoutes(['support', 'demo']);
    const { body } = await ask('POST /api/endpoints/qwen-sg/test', { body: {} });
    expect(body).toMatchObject({ ok: false, call: null });
    expect(body.steps[1]?.failure?.code).toBe('CHG_POLICY_REFUSED');
    expect(api.plane.calls).toEqual([]);
  });

  test('POST test picks a model, and refuses unknown ones', async () => {
    const sim = await ask('POST /api/endpoints/sim-openai/test', { body: { model: 'frontier' } });
    expect(sim.body.models).toBe(null);
    const wrong = await ask('POST /api/endpoints/openai/test', { body: { model: 'no' } });
    expect(wrong.body.error.code).toBe('CHG_OFFER_UNKNOWN');
    expect((await ask('POST /api/endpoints/no/test', { body: {} })).status).toBe(404);
  });
});

describe('configuration and secrets', () => {
  test('GET /api/status and /api/config tell where things come from', async () => {
    const status = await ask('GET /api/status');
    expect(status.body).toMatchObject({ version: '0.1.0', config: { source: { kind: 'built-in' } } });
    api.plane.configFile = 'changeover.yaml';
    expect((await ask('GET /api/config')).body).toMatchObject({
      readOnly: true,
      source: { kind: 'file', file: 'changeover.yaml' },
    });
  });

  test('PUT /api/config keeps versions, and changes nothing when wrong or when a file rules', async () => {
    expect((await ask('PUT /api/config', { body: { text: 'routes: {}' } })).body.ok).toBe(true);
    const wrong = await ask('PUT /api/config', { body: { text: 'wrong' } });
    expect([wrong.status, wrong.body.error.code]).toEqual([422, 'CHG_CONFIG_INVALID']);
    api.plane.configFile = 'changeover.yaml';
    const locked = await ask('PUT /api/config', { body: { text: 'routes: {}' } });
    expect(locked.body.error.code).toBe('CHG_CONFIG_READ_ONLY');
    expect((await ask('GET /api/config/versions')).body.versions).toHaveLength(1);
  });

  test('POST /api/config/check names line, path and remedy', async () => {
    const { body } = await ask('POST /api/config/check', { body: { text: 'wrong' } });
    expect(body).toMatchObject({
      ok: false,
      problems: [{ path: 'routes.support.serve', position: { line: 2 } }],
    });
  });

  test('secrets go in and never come out', async () => {
    const put = await ask('PUT /api/secrets/endpoint%2Fqwen-sg', { body: { value: 'sk-very-secret' } });
    expect(put.body.secrets).toEqual(['endpoint/qwen-sg']);
    const list = await ask('GET /api/secrets');
    expect(list.text).not.toContain('sk-very-secret');
    expect((await ask('DELETE /api/secrets/endpoint%2Fqwen-sg')).body.secrets).toEqual([]);
    expect((await ask('DELETE /api/secrets/none')).status).toBe(404);
    const hostile = await ask('PUT /api/secrets/..%2F..%2Fetc', { body: { value: 'x' } });
    expect(hostile.status).toBe(400);
  });
});

describe('ledger', () => {
  test('POST verify streams progress and then the report', async () => {
    const { text } = await ask('POST /api/ledger/verify');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    expect(lines.map(({ kind }) => kind)).toEqual(['progress', 'report']);
  });

  test('POST verify tells damage', async () => {
    api.plane.faults = { verifyFinds: 'Row 2 does not follow row 1' };
    const { text } = await ask('POST /api/ledger/verify');
    expect(text).toContain('Row 2 does not follow row 1');
  });

  test('POST verify that breaks half-way cuts the connection and never looks complete', async () => {
    api.plane.faults = { verifyThrows: true };
    await expect(ask('POST /api/ledger/verify')).rejects.toThrow('terminated');
    expect(api.mistakes.splice(0)).toHaveLength(1);
  });

  test('GET export streams what the ledger writes', async () => {
    const { text } = await ask('GET /api/ledger/export?from=1&to=2');
    expect(text).toBe('{"line":1}\n{"line":2}\n');
  });

  test('GET export stops reading the ledger when the client leaves', async () => {
    let written = 0;
    const { promise: stopped, resolve: stop } = Promise.withResolvers<unknown>();
    Object.assign(api.plane.ledger, {
      export: async ({ write }: { write: (piece: Uint8Array) => Promise<void> }) => {
        const piece = Buffer.alloc(1024 * 1024, 'x');
        try {
          for (;;) {
            await write(piece);
            written++;
          }
        } catch (error) {
          stop(error);
          throw error;
        }
      },
    });
    const left = new AbortController();
    const response = await fetch(`${api.url}/api/ledger/export`, {
      headers: { authorization: `Bearer ${api.adminKey}` },
      signal: left.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    left.abort();
    await expect(reader?.read()).rejects.toThrow('aborted');
    expect(await stopped).toMatchObject({ message: 'The reader has left' });
    // Back-pressure: socket buffers hold some megabytes; an endless export must not run ahead of its reader.
    expect(written).toBeLessThan(64);
  });

  test('GET /api/ledger, erase and backup', async () => {
    expect((await ask('GET /api/ledger')).body.durability).toBe('batch');
    const erase = await ask('POST /api/ledger/erase', { body: { calls: ['call_1'], reason: 'asked to' } });
    expect(erase.body).toEqual({ calls: 1, events: ['evt_1'] });
    expect(api.plane.erasures).toEqual([
      { org: 'main', calls: ['call_1'], reason: 'asked to', actor: 'admin' },
    ]);
    expect((await ask('POST /api/ledger/erase', { body: { reason: 'all' } })).status).toBe(400);
    const both = await ask('POST /api/ledger/erase', { body: { key: 'k', calls: ['c'], reason: 'r' } });
    expect(both.status).toBe(400);
    expect((await ask('POST /api/backup')).body.files[0]?.name).toBe('changeover.db');
  });
});

describe('sessions', () => {
  test('a one-time link opens one session, which works until it ends', async () => {
    const { token } = api.api.issueLink(60_000);
    const opened = await ask('POST /api/session', { body: { token }, key: null });
    const { session, expiresAt } = opened.body;
    expect(expiresAt).toBe(api.clock.now() + 12 * 3_600_000);
    expect((await ask('GET /api/status', { key: session })).status).toBe(200);
    expect((await ask('POST /api/session', { body: { token }, key: null })).status).toBe(401);
    api.clock.advance(12 * 3_600_000);
    expect((await ask('GET /api/status', { key: session })).status).toBe(401);
  });

  test('a late token opens nothing, and stays spent', async () => {
    const { token } = api.api.issueLink(60_000);
    api.clock.advance(60_000);
    expect((await ask('POST /api/session', { body: { token }, key: null })).status).toBe(401);
    expect((await ask('POST /api/session', { body: { token: 'guess' }, key: null })).status).toBe(401);
  });

  test('the admin key opens a session too, and a wrong one does not', async () => {
    const opened = await ask('POST /api/session', { body: { adminKey: api.adminKey }, key: null });
    expect((await ask('GET /api/status', { key: opened.body.session })).status).toBe(200);
    expect((await ask('POST /api/session', { body: { adminKey: 'no' }, key: null })).status).toBe(401);
    const both = { adminKey: api.adminKey, token: 'x' };
    expect((await ask('POST /api/session', { body: both, key: null })).status).toBe(400);
  });

  test('a session that was never opened is refused', async () => {
    expect((await ask('GET /api/status', { key: 'chgs_made-up' })).status).toBe(401);
  });
});
