import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';

import type { Endpoint } from '../catalog/index.ts';
import { AddressRefused } from './connector.ts';
import { createEgress, type Egress, type OutboundRequest } from './egress.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function toEndpoint(privateAllowed: boolean): Endpoint {
  return {
    name: 'e',
    profile: { name: 'p', streamUsage: 'always', errorCodes: {}, evidence: 'documented' },
    doors: [],
    modelsUrl: null,
    jurisdiction: { runsIn: 'CL', dataIn: 'CL', operatorCountry: 'CL', operator: 'self' },
    tls: null,
    privateAllowed,
    phases: { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, idleMs: 1, totalMs: 1 },
    simulated: false,
  };
}
const endpoint = toEndpoint(true);

function openEgress(proxy: string | null = null): Egress {
  const egress = createEgress({ https: proxy, http: proxy, bypass: '' }, 100);
  closers.push(() => egress.close());
  return egress;
}

interface Got {
  readonly status: number;
  readonly text: string;
  readonly resent: number;
}

function send(egress: Egress, url: string, from: Endpoint = endpoint): Promise<Got> {
  return new Promise((resolve, reject) => {
    let status = 0;
    let text = '';
    let resent = 0;
    egress.send(
      {
        endpoint: from,
        url,
        method: 'POST',
        headers: ['content-type', 'text/plain'],
        body: Buffer.from('hello'),
      },
      {
        onConnected: () => undefined,
        onResent: () => resent++,
        onHead: (head) => (status = head),
        onData: (chunk) => (text += Buffer.from(chunk).toString()),
        onEnd: () => resolve({ status, text, resent }),
        onError: reject,
      },
    );
  });
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

test('send() resends once on a fresh connection when a reused socket resets before the first byte', async () => {
  const seen = new Map<Socket, number>();
  let requests = 0;
  const server = createTcpServer((socket) => {
    seen.set(socket, 0);
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const count = (seen.get(socket) ?? 0) + 1;
      seen.set(socket, count);
      requests++;
      // The second request on any socket finds it dead, as with a server whose keep-alive has run out.
      if (count > 1) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  const port = await listen(server);
  const egress = openEgress();
  const url = `http://127.0.0.1:${port}/`;
  expect(await send(egress, url)).toEqual({ status: 200, text: 'ok', resent: 0 });
  expect(await send(egress, url)).toEqual({ status: 200, text: 'ok', resent: 1 });
  expect(requests).toBe(3);
});

test('send() does not resend when a fresh socket resets, or after the first byte', async () => {
  let requests = 0;
  const dead = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      requests++;
      socket.resetAndDestroy();
    });
  });
  const port = await listen(dead);
  await expect(send(openEgress(), `http://127.0.0.1:${port}/`)).rejects.toThrow(
    /ECONNRESET|other side closed|socket/,
  );
  expect(requests).toBe(1);
});

test('send() refuses loopback by number and by name where the admin did not write the URL', async () => {
  let requests = 0;
  const port = await listen(createServer((_request, response) => response.end(String(requests++))));
  const guarded = toEndpoint(false);
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f000001']) {
    await expect(send(openEgress(), `http://${host}:${port}/`, guarded)).rejects.toThrow(AddressRefused);
  }
  expect(requests).toBe(0);
});

test('send() goes through a proxy with CONNECT, and shows its own target only to it', async () => {
  const target = await listen(createServer((request, response) => response.end(request.headers.host)));
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const { connect } = process.getBuiltinModule('node:net');
    const onward = connect(target, '127.0.0.1');
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const port = await listen(proxy);
  const egress = openEgress(`http://user:pass@127.0.0.1:${port}`);
  const answer = await send(egress, 'http://upstream.test:81/path');
  expect(answer).toMatchObject({ status: 200, text: 'upstream.test:81' });
  expect(asked).toEqual([`upstream.test:81 Basic ${Buffer.from('user:pass').toString('base64')}`]);
  await egress.close();
});

test('abort() closes a tunnel behind which a host never answers the TLS greeting', async () => {
  const proxy = createServer();
  const held = new Set<unknown>();
  proxy.on('connect', (_request, socket) => {
    held.add(socket);
    socket.on('error', () => undefined).on('close', () => held.delete(socket));
    socket.on('end', () => socket.destroy()).resume();
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
  });
  const egress = openEgress(`http://127.0.0.1:${await listen(proxy)}`);
  const silent = () => undefined;
  const handlers = { onConnected: silent, onResent: silent, onHead: silent, onData: silent };
  const request: OutboundRequest = {
    endpoint,
    url: 'https://upstream.test/',
    method: 'POST',
    headers: [],
    body: null,
  };
  const exchange = egress.send(request, { ...handlers, onEnd: silent, onError: silent });
  async function until(count: number): Promise<void> {
    for (let round = 0; round < 2_000 && held.size !== count; round++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(held.size).toBe(count);
  }
  await until(1);
  // The greeting of TLS is on its way in the same moment as the tunnel; a turn later it is being waited for.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  exchange.abort();
  await until(0);
});

test('abort() ends a waiting and a running exchange, and no handler is called afterwards', async () => {
  const port = await listen(createServer((_request, response) => response.writeHead(200).write('x')));
  const egress = openEgress();
  const calls: string[] = [];
  const handlers = {
    onConnected: () => undefined,
    onResent: () => undefined,
    onHead: () => void calls.push('head'),
    onEnd: () => void calls.push('end'),
    onError: () => void calls.push('error'),
  };
  const request: OutboundRequest = {
    endpoint,
    url: `http://127.0.0.1:${port}/`,
    method: 'POST',
    headers: [],
    body: null,
  };
  egress.send(request, { ...handlers, onData: () => undefined }).abort();
  await new Promise<void>((resolve) => {
    const exchange = egress.send(request, {
      ...handlers,
      onData() {
        exchange.abort();
        resolve();
      },
    });
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toEqual(['head']);
  expect(egress.connections()).toBe(0);
});
