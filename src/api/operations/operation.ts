import type { z } from 'zod';
import type { Clock, FailureCode, Result } from '../../kernel/index.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Sessions } from '../sessions.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a handler may use. */
export interface OperationContext {
  readonly controlPlane: ControlPlane;
  readonly sessions: Sessions;
  readonly isAdminKey: (candidate: string) => boolean;
  readonly clock: Clock;
  /** Who is asking; goes into history and ledger. */
  readonly actor: string;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
}

/** A whole JSON answer, or pieces of a stream that are sent as they come. */
export type Reply =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'stream'; readonly contentType: string; readonly pieces: AsyncIterable<Uint8Array> };

export interface AnswerSpec {
  readonly status: number;
  readonly description: string;
  /** Null: the answer is not described by a schema. */
  readonly schema: z.ZodType | null;
  /** Default application/json; for NDJSON the schema describes one line. */
  readonly contentType?: string;
}

/** One operation: routing, validation, documentation and behaviour in one place. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  /** Path with `{name}` places, e.g. `/api/keys/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** `public`: answered without a bearer. */
  readonly access: 'admin' | 'public';
  readonly query: z.ZodObject | null;
  readonly body: z.ZodObject | null;
  readonly answer: AnswerSpec;
  /** What it can refuse beyond the failures that every operation has. */
  readonly failures: readonly FailureCode[];
  handle(input: OperationInput, context: OperationContext): Promise<Result<Reply>>;
}

export interface OperationInput {
  readonly path: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
}

type OutputOf<Schema extends z.ZodObject | null> = Schema extends z.ZodObject ? z.output<Schema> : null;

type PlaceNames<Path extends string> = Path extends `${string}{${infer Place}}${infer Rest}`
  ? Place | PlaceNames<Rest>
  : never;

interface TypedInput<Path extends string, Query extends z.ZodObject | null, Body extends z.ZodObject | null> {
  readonly path: Readonly<Record<PlaceNames<Path>, string>>;
  readonly query: OutputOf<Query>;
  readonly body: OutputOf<Body>;
}

interface TypedOperation<
  Path extends string,
  Query extends z.ZodObject | null,
  Body extends z.ZodObject | null,
> extends Omit<Operation, 'path' | 'query' | 'body' | 'handle'> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  handle(input: TypedInput<Path, Query, Body>, context: OperationContext): Promise<Result<Reply>>;
}

/**
 * Types a handler by its own path and schemas. The table forgets these types again, which is sound because
 * `handleOperation` calls a handler only with what these same schemas have accepted.
 */
export function defineOperation<
  Path extends string,
  Query extends z.ZodObject | null,
  Body extends z.ZodObject | null,
>(operation: TypedOperation<Path, Query, Body>): Operation {
  return operation;
}

/** A JSON answer with status 200, or another one. */
export function json(body: unknown, status = 200): Result<Reply> {
  return { ok: true, value: { kind: 'json', status, body } };
}
