// Entry of the worker thread that owns `changeover.db`. It answers in the order of asking, so that a caller
// that asked for a switch and then for what serves sees its switch.
import { parentPort, workerData } from 'node:worker_threads';
import { type Result, success } from '../kernel/index.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { stateMigrations } from './migrations/state.ts';
import { createStateHandlers, type StateHandlers } from './state/handlers.ts';
import { toOpenFailure, toStoreFailure } from './store-failure.ts';
import { closeMethod, openedReplyId, type StateWorkerData, type WorkerRequest } from './worker-messages.ts';

type AnyHandler = (...parameters: readonly unknown[]) => unknown;

function openState({ file, now }: StateWorkerData): Result<Database> {
  try {
    const database = openDatabase(file);
    migrate(database, stateMigrations, now);
    return success(database);
  } catch (error) {
    return toOpenFailure(error);
  }
}

async function answer(handlers: StateHandlers, request: WorkerRequest): Promise<Result<unknown>> {
  try {
    // The sender's types name the method and its parameters; both ends are compiled together.
    const handler = handlers[request.method as keyof StateHandlers] as AnyHandler;
    return success(await handler(...request.parameters));
  } catch (error) {
    return toStoreFailure(error);
  }
}

function serve(database: Database): void {
  const handlers = createStateHandlers(database);
  /** Backups in progress: they go on beside other requests, and closing waits for them. */
  const underWay = new Set<Promise<void>>();
  parentPort?.on('message', (request: WorkerRequest) => {
    if (request.method === closeMethod) {
      void Promise.all(underWay).then(() => {
        database.close();
        parentPort?.postMessage({ id: request.id, result: success(null) }, []);
        parentPort?.close();
      });
      return;
    }
    const work = answer(handlers, request).then((result) =>
      parentPort?.postMessage({ id: request.id, result }, []),
    );
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  });
}

const opened = openState(workerData as StateWorkerData);
parentPort?.postMessage({ id: openedReplyId, result: opened.ok ? success(null) : opened }, []);
if (opened.ok) serve(opened.value);
