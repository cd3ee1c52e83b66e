import type { ServerResponse } from 'node:http';
import type { Clock } from '../kernel/index.ts';

/** What the wire shows, in order. A reply ends normally when its steps do. */
export type Step =
  /** `isAlone`: reaches the socket before anything else is written. */
  | { readonly do: 'write'; readonly bytes: string | Uint8Array; readonly isAlone?: boolean }
  | { readonly do: 'wait'; readonly ms: number }
  /** Nothing more until the client leaves. */
  | { readonly do: 'hang' }
  /** The connection ends here, without the end of the message. */
  | { readonly do: 'cut' };

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly steps: Iterable<Step>;
  /** Headers one by one over this time, on a connection that ends with the answer. */
  readonly slowHeadersMs?: number;
}

/** The time and end of one exchange: waiting stops when the client leaves. */
export interface Exchange {
  readonly response: ServerResponse;
  isClosed(): boolean;
  /** Resolves when `arm`'s callback is called, or at once when the client leaves. `arm` returns its undoing. */
  until(arm: (wake: () => void) => () => void): Promise<void>;
  /** Resolves after the time, or at once when the client leaves. */
  wait(ms: number): Promise<void>;
  /** Resolves when the client leaves. */
  whenClosed(): Promise<void>;
}

/** Follows a response until it closes. `onAbandoned` runs when the client leaves before its end. */
export function createExchange(response: ServerResponse, clock: Clock, onAbandoned: () => void): Exchange {
  let isClosed = false;
  const waiters = new Set<() => void>();
  response.once('close', () => {
    isClosed = true;
    if (!response.writableFinished) onAbandoned();
    for (const wake of waiters) wake();
  });
  // A client that resets while we write is a normal end here; `close` follows and is what counts.
  response.on('error', () => undefined);
  function until(arm: (wake: () => void) => () => void): Promise<void> {
    if (isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        // Waiters are taken out again: an endless stream would otherwise grow the set with every write.
        waiters.delete(wake);
        disarm();
        resolve();
      };
      waiters.add(wake);
      const disarm = arm(wake);
    });
  }
  return {
    response,
    isClosed: () => isClosed,
    until,
    wait(ms) {
      return until((wake) => {
        const timer = clock.after(ms, wake);
        return () => timer.cancel();
      });
    },
    whenClosed: () => until(() => () => undefined),
  };
}

/** Writes and waits until the socket has taken it, when it is full or `isAlone` asks for it. */
async function writeStep(exchange: Exchange, bytes: string | Uint8Array, isAlone: boolean): Promise<void> {
  const { response } = exchange;
  if (isAlone) {
    // Through the event loop: a socket that takes everything at once calls back without ever leaving the
    // microtask queue, and an endless stream would starve the whole process.
    await exchange.until((wake) => {
      response.write(bytes, () => void setImmediate(wake));
      return () => undefined;
    });
    return;
  }
  if (response.write(bytes)) return;
  await exchange.until((wake) => {
    response.once('drain', wake);
    return () => response.off('drain', wake);
  });
}

/** Text that is written in one go: events that come at the same time share a write, as on a fast network. */
const joinedChars = 16 * 1024;

/** Runs the steps of a reply. Resolves when the answer has ended or the client has left. */
export async function sendReply(exchange: Exchange, reply: Reply): Promise<void> {
  const { response } = exchange;
  if (reply.slowHeadersMs !== undefined) {
    await sendSlowHeaders(exchange, reply, reply.slowHeadersMs);
    return;
  }
  response.writeHead(reply.status, reply.headers);
  let joined = '';
  for (const step of reply.steps) {
    if (exchange.isClosed()) return;
    if (step.do === 'write' && step.isAlone !== true && typeof step.bytes === 'string') {
      joined += step.bytes;
      if (joined.length < joinedChars) continue;
      await writeStep(exchange, joined, false);
      joined = '';
      continue;
    }
    if (joined !== '') await writeStep(exchange, joined, false);
    joined = '';
    if (!(await takeStep(exchange, step))) return;
  }
  if (!exchange.isClosed()) response.end(joined);
}

/** Does what is not plain text; false when the exchange has ended. */
async function takeStep(exchange: Exchange, step: Step): Promise<boolean> {
  const { response } = exchange;
  switch (step.do) {
    case 'write':
      await writeStep(exchange, step.bytes, step.isAlone === true);
      return true;
    case 'wait':
      // What was written so far goes out first; the headers too, when nothing was.
      response.flushHeaders();
      await exchange.wait(step.ms);
      return true;
    case 'hang':
      response.flushHeaders();
      await exchange.whenClosed();
      return false;
    case 'cut':
    default:
      await writeStep(exchange, '', true);
      response.socket?.destroy();
      return false;
  }
}

/** Writes the head by hand, line by line; the body ends with the connection. */
async function sendSlowHeaders(exchange: Exchange, reply: Reply, totalMs: number): Promise<void> {
  const socket = exchange.response.socket;
  if (socket === null) return;
  const lines = [...Object.entries(reply.headers), ['connection', 'close'] as const];
  const kept = lines.filter(([name]) => name !== 'content-length' && name !== 'transfer-encoding');
  socket.write(`HTTP/1.1 ${reply.status} OK\r\n`);
  for (const [name, value] of kept) {
    await exchange.wait(totalMs / kept.length);
    if (exchange.isClosed() || socket.destroyed) return;
    socket.write(`${name}: ${value}\r\n`);
  }
  socket.write('\r\n');
  for (const step of reply.steps) if (step.do === 'write') socket.write(step.bytes);
  socket.end();
}
