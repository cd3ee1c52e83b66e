import { parentPort } from 'node:worker_threads';
import { DatabaseError } from '../store/ledger/index.ts';
import type { WorkerReply, WorkerRequest } from './worker-link.ts';

/** Lets a long answer tell how far it is. */
export type TellProgress = (progress: unknown) => void;

function toErrorReply(id: number, error: unknown): WorkerReply {
  const kind = error instanceof DatabaseError ? error.kind : 'mistake';
  return { id, error: { kind, message: error instanceof Error ? error.message : String(error) } };
}

/**
 * The worker's end of a `WorkerLink`. Answers that are not promises are given before the next request is
 * read; promises let further requests pass. `onError` runs before an error is told.
 */
export function serveRequests<Request>(
  answer: (request: Request, tell: TellProgress) => unknown,
  onError: (request: Request) => void = () => undefined,
): void {
  const port = parentPort;
  if (port === null) throw new TypeError('Cannot serve requests outside of a worker');
  function reply(message: WorkerReply): void {
    port?.postMessage(message, []);
  }
  port.on('message', ({ id, request }: WorkerRequest<Request>) => {
    function fail(error: unknown): void {
      onError(request);
      reply(toErrorReply(id, error));
    }
    try {
      const value = answer(request, (progress) => reply({ id, progress }));
      if (value instanceof Promise) value.then((later: unknown) => reply({ id, value: later }), fail);
      else reply({ id, value });
    } catch (error) {
      fail(error);
    }
  });
}
