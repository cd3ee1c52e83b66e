import type { Dialect } from '../kernel/index.ts';

/** What a data-plane path asks for. */
export type Operation =
  | { readonly kind: 'generate'; readonly dialect: Dialect }
  | { readonly kind: 'models' }
  | { readonly kind: 'healthz' }
  | { readonly kind: 'readyz' };

const chat: Operation = { kind: 'generate', dialect: 'openai-chat' };
const messages: Operation = { kind: 'generate', dialect: 'anthropic-messages' };
const models: Operation = { kind: 'models' };

/**
 * Paths are compared as they were sent, never decoded or normalised: a path that only looks like one of
 * these after cleaning up is unknown, and every place that decides sees the same text.
 */
const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['/v1/chat/completions', chat],
  ['/chat/completions', chat],
  ['/openai/v1/chat/completions', chat],
  ['/openai/chat/completions', chat],
  ['/v1/messages', messages],
  ['/anthropic/v1/messages', messages],
  ['/v1/models', models],
  ['/models', models],
  ['/openai/v1/models', models],
  ['/openai/models', models],
  ['/anthropic/v1/models', models],
  ['/healthz', { kind: 'healthz' }],
  ['/readyz', { kind: 'readyz' }],
]);

/** The operation behind a path, or null when the path is not the data plane's. */
export function findOperation(path: string): Operation | null {
  return operations.get(path) ?? null;
}

/** The methods of an operation, for 405's Allow. */
export function toAllowedMethods(operation: Operation): readonly string[] {
  return operation.kind === 'generate' ? ['POST'] : ['GET', 'HEAD'];
}
