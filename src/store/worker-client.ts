import type { Worker } from 'node:worker_threads';
import { failure, type Result } from '../kernel/index.ts';
import { toStoreFailure } from './store-failure.ts';
import { closeMethod, openedReplyId, type WorkerReply, type WorkerRequest } from './worker-messages.ts';

/** Asks a worker and waits for its answers. */
export interface WorkerClient {
  readonly fault: string | null;
  /** Resolves when the worker has opened its file, or with the reason why it could not. */
  opened(): Promise<Result<unknown>>;
  request(method: string, parameters: readonly unknown[]): Promise<Result<unknown>>;
  close(): Promise<void>;
}

/** Limit: requests that wait for one worker. At 0.3 ms each this is a third of a second of work. */
const pendingMax = 1_024;

type Settle = (result: Result<unknown>) => void;

/** Requests that wait for an answer; the worker keeps the process alive only while there is one. */
function createPending(worker: Worker): {
  readonly size: () => number;
  add(id: number, settle: Settle): void;
  settle(id: number, result: Result<unknown>): void;
  settleAll(result: Result<unknown>): void;
} {
  const waiting = new Map<number, Settle>();
  return {
    size: () => waiting.size,
    add: (id, settle) => {
      waiting.set(id, settle);
      worker.ref();
    },
    settle: (id, result) => {
      const settle = waiting.get(id);
      waiting.delete(id);
      if (waiting.size === 0) worker.unref();
      settle?.(result);
    },
    settleAll: (result) => {
      for (const settle of waiting.values()) settle(result);
      waiting.clear();
    },
  };
}

/**
 * Creates the caller's end of a worker. When the worker dies, all that waits and all that comes after gets a
 * failure: without it an await on a dead worker would last for ever.
 */
export function createWorkerClient(worker: Worker, name: string): WorkerClient {
  const pending = createPending(worker);
  let fault: string | null = null;
  let nextId = openedReplyId + 1;

  function die(reason: string): void {
    fault ??= reason;
    pending.settleAll(toStoreFailure(new Error(fault)));
  }
  worker.on('message', (reply: WorkerReply) => pending.settle(reply.id, reply.result));
  worker.on('messageerror', (error) => die(`${name} sent an answer that cannot be read: ${error.message}`));
  worker.on('error', (error) =>
    die(`${name} has died: ${error instanceof Error ? error.message : String(error)}`),
  );
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      die(`${name} has ended`);
      resolve();
    });
  });

  async function send(method: string, parameters: readonly unknown[]): Promise<Result<unknown>> {
    if (fault !== null) return toStoreFailure(new Error(fault));
    const request: WorkerRequest = { id: nextId++, method, parameters };
    // Posting comes first: it throws on values that cannot be copied, and nothing must be left waiting then.
    worker.postMessage(request, []);
    return new Promise((resolve) => pending.add(request.id, resolve));
  }
  const opening = new Promise<Result<unknown>>((resolve) => pending.add(openedReplyId, resolve));
  let closing: Promise<void> | null = null;

  async function end(): Promise<void> {
    const closed = fault === null ? send(closeMethod, []) : null;
    fault ??= `${name} is closed`;
    await closed;
    await worker.terminate();
    await exited;
  }
  return {
    get fault() {
      return fault;
    },
    opened: () => opening,
    request: async (method, parameters) => {
      if (pending.size() >= pendingMax) return failure('CHG_BUSY', { what: name, limit: pendingMax });
      return send(method, parameters);
    },
    close: () => (closing ??= end()),
  };
}
