import { connect, type Socket } from 'node:net';

import { Pool } from 'undici';

/** What is sent to a gateway. */
export interface Shot {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly callsPerSecond: number;
  /** Milliseconds per call, sorted. */
  readonly latencies: readonly number[];
}

const prompt = 'The customer asks about the delivery of an order that was placed last week. ';

/** A request body of about two kilobytes; `extra` are fields that the upstream reads. */
export function toBody(extra: object): string {
  return JSON.stringify({
    model: 'bench',
    messages: [
      { role: 'system', content: prompt.repeat(9) },
      { role: 'user', content: prompt.repeat(15) },
    ],
    temperature: 0.3,
    ...extra,
  });
}

/** Sends `calls` calls over `connections` connections, each of which waits for its answer before the next. */
export async function runLoad(
  shot: Shot,
  {
    calls,
    connections,
    body,
  }: { readonly calls: number; readonly connections: number; readonly body: string },
): Promise<LoadResult> {
  const pool = new Pool(shot.url, { connections, pipelining: 1 });
  const latencies: number[] = [];
  let left = calls;
  const bytes = Buffer.from(body);
  const headers = { 'content-type': 'application/json', ...shot.headers };
  async function send(): Promise<void> {
    const started = performance.now();
    const answer = await pool.request({ path: shot.path, method: 'POST', headers, body: bytes });
    if (answer.statusCode !== 200) {
      throw new Error(`${shot.url} answered ${answer.statusCode}: ${await answer.body.text()}`);
    }
    await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
    latencies.push(performance.now() - started);
  }
  const started = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await send();
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  await pool.destroy();
  return { callsPerSecond: calls / seconds, latencies: latencies.toSorted((left2, right) => left2 - right) };
}

/** Opens `count` streams that stay open; resolves when each has had its first content. */
export async function openStreams(
  shot: Shot,
  count: number,
): Promise<{ close(): void; readonly opened: number }> {
  const body = toBody({ stream: true, bench_hold: true });
  const { hostname, port } = new URL(shot.url);
  const head = [
    `POST ${shot.path} HTTP/1.1`,
    `host: ${hostname}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(shot.headers).map(([name, value]) => `${name}: ${value}`),
  ].join('\r\n');
  const sockets: Socket[] = [];
  let opened = 0;
  async function open(): Promise<void> {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    await new Promise<void>((resolve) => {
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.on('data', (chunk: Buffer) => {
        if (!chunk.includes(' word')) return;
        opened++;
        resolve();
      });
      socket.write(`${head}\r\n\r\n${body}`);
    });
  }
  const width = 100;
  let left = count;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await open();
    }),
  );
  return {
    opened,
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The value below which `share` of the sorted values lie. */
export function toQuantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
