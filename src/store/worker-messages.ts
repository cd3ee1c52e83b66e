import type { Result } from '../kernel/index.ts';

/** What the state worker is started with. */
export interface StateWorkerData {
  readonly file: string;
  /** Epoch milliseconds, noted beside the migrations that this start applies. */
  readonly now: number;
}

/** `close` ends the worker after all that was asked before. */
export interface WorkerRequest {
  readonly id: number;
  readonly method: string;
  readonly parameters: readonly unknown[];
}

/** The first reply has id 0 and says whether the worker could open its file. */
export interface WorkerReply {
  readonly id: number;
  readonly result: Result<unknown>;
}

export const openedReplyId = 0;
export const closeMethod = 'close';
