// HTTPS on both sides, with certificates of a private authority that live as long as this file.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as startRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import type { CallPage } from '../../src/api/contract.ts';
import { askAdmin, callChat, createKey, waitFor } from './admin-client.ts';
import { adminKey, killLeftovers, makeFolder, runChangeover, serveFolder } from './run-process.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const { folder, remove } = makeFolder();
const file = (name: string): string => path.join(folder, name);

let upstream: Server | null = null;
let upstreamUrl = '';

function makeCertificates(): void {
  const openssl = (...parameters: string[]): void => {
    execFileSync('openssl', parameters, { cwd: folder, stdio: 'pipe' });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...newKey, '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  writeFileSync(file('names.cnf'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  for (const name of ['server', 'client']) {
    openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    const names = ['-extfile', 'names.cnf'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signing, ...names, '-out', `${name}.pem`);
  }
}

const answer = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'sealed' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
});

beforeAll(async () => {
  if (!hasOpenssl) return;
  makeCertificates();
  const server = createServer(
    {
      cert: readFileSync(file('server.pem')),
      key: readFileSync(file('server.key')),
      ca: readFileSync(file('ca.pem')),
      // Asked for, and told below: one endpoint brings a certificate, the others do not.
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const isKnown = 'authorized' in request.socket && request.socket.authorized === true;
      request.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': String(isKnown) });
        response.end(answer);
      });
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  upstream = server;
  upstreamUrl = `https://localhost:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => killLeftovers());
afterAll(async () => {
  upstream?.closeAllConnections();
  await new Promise((resolve) => (upstream === null ? resolve(null) : upstream.close(resolve)));
  remove();
});

/** One request over HTTPS, trusting nothing but the authority given. */
function ask(url: string, ca: Buffer | undefined, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? {} : { ca };
    const request = startRequest(url, { ...trust, headers, agent: false }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('error', reject);
    request.end();
  });
}

test.skipIf(!hasOpenssl)('an upstream with a private authority works with its certificate only', async () => {
  const endpoint = (tls: string): string =>
    `{ profile: openai-compatible, url: "${upstreamUrl}", models: [m]${tls} }`;
  writeFileSync(
    file('upstream.yaml'),
    `endpoints:
  trusting: ${endpoint(', tls: { ca: ca.pem }')}
  known: ${endpoint(', tls: { ca: ca.pem, cert: client.pem, key: client.key }')}
  strange: ${endpoint('')}
routes:
  trusting: { serve: m@trusting }
  known: { serve: m@known }
  strange: { serve: m@strange }
`,
  );
  const gateway = await serveFolder(file('data-1'), ['--config', file('upstream.yaml')]);
  const { key } = await createKey(gateway);
  const trusting = await callChat(gateway, key, { model: 'trusting' });
  expect([trusting.status, trusting.text]).toEqual([200, answer]);
  const known = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: '{"model":"known","messages":[]}',
  });
  expect([known.status, known.headers.get('x-changeover-upstream-id')]).toEqual([200, 'true']);
  const strange = await callChat(gateway, key, { model: 'strange' });
  expect([strange.status, strange.text]).toEqual([502, expect.stringContaining('CHG_UPSTREAM_UNREACHABLE')]);
  const page = await waitFor(
    () => askAdmin<CallPage>(gateway, 'GET /api/calls?limit=5&route=strange'),
    ({ body }) => body.calls.length === 1,
  );
  expect(page.body.calls[0]?.attempts[0]?.cause).toMatch(/CERT|SIGNATURE/);
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
});

test.skipIf(!hasOpenssl)('the gateway listens with its own certificate', async () => {
  const simulated = 'endpoints:\n  sim-openai: { profile: sim-openai }';
  const routes = 'routes:\n  demo: { serve: frontier@sim-openai }';
  const listen = 'listen: { tls: { cert: server.pem, key: server.key } }';
  writeFileSync(file('listen.yaml'), `${simulated}\n${routes}\n${listen}\n`);
  const gateway = await serveFolder(file('data-2'), ['--config', file('listen.yaml')]);
  expect(gateway.url).toMatch(/^https:/);
  const authority = readFileSync(file('ca.pem'));
  expect(await ask(`${gateway.url}/readyz`, authority)).toBe(200);
  const headers = { authorization: `Bearer ${adminKey}` };
  expect(await ask(`${gateway.url}/api/status`, authority, headers)).toBe(200);
  await expect(ask(`${gateway.url}/readyz`, undefined)).rejects.toThrow(/certificate|signature/);
  await expect(ask(gateway.url.replace('https', 'http'), authority)).rejects.toThrow(/http/i);

  // The command line trusts what Node trusts, and says what is missing.
  const status = ['status', '--data', file('data-2'), '--json'];
  const trusting = runChangeover(status, { environment: { NODE_EXTRA_CA_CERTS: file('ca.pem') } });
  expect([await trusting.ended, trusting.printed()]).toEqual([0, expect.stringContaining(gateway.url)]);
  const strange = runChangeover(status);
  expect(await strange.ended).not.toBe(0);
  expect(strange.printed()).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
});

test.skipIf(!hasOpenssl)('a certificate that does not fit its key is refused at the start', async () => {
  const simulated = 'endpoints:\n  sim-openai: { profile: sim-openai }';
  const routes = 'routes:\n  demo: { serve: frontier@sim-openai }';
  const listen = 'listen: { tls: { cert: server.pem, key: client.key } }';
  writeFileSync(file('wrong.yaml'), `${simulated}\n${routes}\n${listen}\n`);
  const given = [
    'serve',
    '--port',
    '0',
    '--data',
    file('data-3'),
    '--config',
    file('wrong.yaml'),
    '--no-open',
  ];
  const refused = runChangeover(given);
  expect(await refused.ended).toBe(1);
  expect(refused.printed()).toContain(
    'listen.tls.key: Cannot use file "client.key": the private key does not belong',
  );
  expect(refused.printed()).not.toContain('    at ');
});
