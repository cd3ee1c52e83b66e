import type { Transferable, Worker } from 'node:worker_threads';

/**
 * What a worker answers to a request: the value, or why not. `kind` is a `DatabaseErrorKind` or another
 * static word.
 */
export type WorkerReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly kind: string; readonly message: string } }
  | { readonly id: number; readonly progress: unknown };

/** A request as it goes to a worker. */
export interface WorkerRequest<Request> {
  readonly id: number;
  readonly request: Request;
}

/** Why a worker could not do what it was asked; `kind` is `worker-died` when it ended meanwhile. */
export class WorkerError extends Error {
  readonly kind: string;
  constructor(kind: string, message: string) {
    super(message);
    this.name = 'WorkerError';
    this.kind = kind;
  }
}

/** Requests and answers to one worker, which is started at the first request and again after it has died. */
export interface WorkerLink<Request> {
  /**
   * Rejects with `WorkerError`; also when the worker ends before it has answered, so that nothing waits for
   * ever.
   */
  ask<Value>(request: Request, options?: AskOptions): Promise<Value>;
  /** How often a worker had to be started after the first one. */
  readonly restarts: number;
  /** Ends the worker at once; requests that wait are rejected. */
  close(): Promise<void>;
}

export interface AskOptions {
  readonly transfer?: readonly Transferable[];
  readonly onProgress?: (progress: unknown) => void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly onProgress: ((progress: unknown) => void) | undefined;
}

/**
 * Creates the link; `start` makes a worker, so that tests can hold it and end it in the middle of its work.
 */
export function createWorkerLink<Request>(start: () => Worker): WorkerLink<Request> {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let lastId = 0;
  let starts = 0;
  let isClosed = false;

  function failAll(message: string): void {
    const failed = [...waiting.values()];
    waiting.clear();
    for (const each of failed) each.reject(new WorkerError('worker-died', message));
  }
  function takeReply(reply: WorkerReply): void {
    const asked = waiting.get(reply.id);
    if (asked === undefined) return;
    if ('progress' in reply) {
      asked.onProgress?.(reply.progress);
      return;
    }
    waiting.delete(reply.id);
    if ('error' in reply) asked.reject(new WorkerError(reply.error.kind, reply.error.message));
    else asked.resolve(reply.value);
    // An idle worker must not keep the process alive; one that works must, or a last commit would be lost.
    if (waiting.size === 0) worker?.unref();
  }
  function startWorker(): Worker {
    starts += 1;
    const started = start();
    let reason = 'The worker ended';
    started.on('message', takeReply);
    started.on('error', (error: unknown) => {
      reason = `The worker failed: ${error instanceof Error ? error.message : String(error)}`;
    });
    started.on('exit', () => {
      if (worker !== started) return;
      worker = null;
      failAll(reason);
    });
    return started;
  }
  return {
    ask<Value>(request: Request, options: AskOptions = {}): Promise<Value> {
      if (isClosed) return Promise.reject(new WorkerError('closed', 'The ledger is closed'));
      const target = (worker ??= startWorker());
      const id = ++lastId;
      return new Promise<Value>((resolve, reject) => {
        waiting.set(id, {
          resolve: (value) => resolve(value as Value),
          reject,
          onProgress: options.onProgress,
        });
        target.ref();
        target.postMessage({ id, request }, options.transfer ?? []);
      });
    },
    get restarts() {
      return Math.max(0, starts - 1);
    },
    async close() {
      isClosed = true;
      const last = worker;
      worker = null;
      failAll('The ledger is closed');
      await last?.terminate();
    },
  };
}
