// What the simulators' tests share: the real clock, ways to call, and a reader of raw bytes.
import net from 'node:net';
import type { Clock } from '../kernel/index.ts';
import { startSim } from './start-sim.ts';
import type { Sim, SimOptions, SimVendor } from './types.ts';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

export type TestOptions = Partial<SimOptions> & { readonly vendor: SimVendor };

/** Runs `use` against a sim of its own and closes it, whatever happens. */
export async function withSim(options: TestOptions, use: (sim: Sim) => Promise<void>): Promise<void> {
  const sim = await startSim({ seed: 7, clock: realClock, ...options });
  try {
    await use(sim);
  } finally {
    await sim.close();
  }
}

export type Json = Record<string, unknown>;

/** A Chat Completions body for the sim's first model. */
export function toChatBody(sim: Sim, text: string, more: Json = {}): Json {
  return { model: sim.models[0], messages: [{ role: 'user', content: text }], ...more };
}

/** A Messages body for the sim's first model. */
export function toMessagesBody(sim: Sim, text: string, more: Json = {}): Json {
  return { model: sim.models[0], max_tokens: 4000, messages: [{ role: 'user', content: text }], ...more };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Streams are not JSON; tests look at their text.
    return {};
  }
}

/** POSTs a body as JSON (or as it is, when it is a string) and reads the whole answer. */
export async function post(
  url: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(url ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parseJson(text) };
}

export function postChat(sim: Sim, body: Json, headers: Record<string, string> = {}): Promise<Answered> {
  return post(sim.doorUrls['openai-chat'], body, headers);
}

export function postMessages(sim: Sim, body: Json, headers: Record<string, string> = {}): Promise<Answered> {
  return post(sim.doorUrls['anthropic-messages'], body, headers);
}

/** What a raw connection saw. */
export interface RawAnswer {
  /** Everything that came, head included. */
  readonly bytes: Buffer;
  /** `open`: `until` was met while the connection stood. */
  readonly end: 'fin' | 'reset' | 'open';
}

export interface RawConnection {
  /** Sends one request and reads until the connection ends or `until` says enough. */
  send(url: string, body: Json, until?: (seen: Buffer) => boolean): Promise<RawAnswer>;
  close(): void;
}

/** Opens a plain socket to a sim, so that tests see bytes, FIN and RST as they are. */
export async function openRaw(sim: Sim): Promise<RawConnection> {
  const { hostname, port } = new URL(sim.url);
  const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  return {
    send(url, body, until = () => false) {
      const payload = JSON.stringify(body);
      const head = `POST ${new URL(url).pathname} HTTP/1.1\r\nhost: sim\r\nanthropic-version: 2023-06-01\r\n`;
      return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        const settle = (end: RawAnswer['end']): void => {
          socket.off('data', onData).off('end', onEnd).off('error', onError);
          resolve({ bytes: Buffer.concat(chunks), end });
        };
        const onData = (chunk: Buffer): void => {
          chunks.push(chunk);
          if (until(Buffer.concat(chunks))) settle('open');
        };
        const onEnd = (): void => settle('fin');
        const onError = (): void => settle('reset');
        socket.on('data', onData).on('end', onEnd).on('error', onError);
        socket.write(`${head}content-length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`);
      });
    },
    close: () => void socket.destroy(),
  };
}

/** The body of a raw answer with chunked framing taken off; a torn last chunk keeps what came of it. */
export function toBody(answer: RawAnswer): Buffer {
  const headEnd = answer.bytes.indexOf('\r\n\r\n');
  const head = answer.bytes.subarray(0, headEnd).toString('latin1').toLowerCase();
  let rest = answer.bytes.subarray(headEnd + 4);
  if (!head.includes('transfer-encoding: chunked')) return rest;
  const parts: Buffer[] = [];
  for (;;) {
    const lineEnd = rest.indexOf('\r\n');
    const size = lineEnd < 0 ? 0 : Number.parseInt(rest.subarray(0, lineEnd).toString('latin1'), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    rest = rest.subarray(lineEnd + 2 + size + 2);
  }
}
