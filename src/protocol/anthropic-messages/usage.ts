import { limits, type Usage } from '../../kernel/index.ts';
import { isJsonObject, type JsonObject } from '../neutral/index.ts';

function toCount(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(Math.floor(value), limits.callTokens) : 0;
}

const counts = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];

function isAbsurd(value: unknown): boolean {
  return typeof value === 'number' && value > limits.callTokens;
}

/**
 * Reads a Messages `usage` object over what an earlier event said: message_start has the input side,
 * message_delta the cumulative output. `input_tokens` leaves out cache reads and writes here.
 */
export function readUsage(value: unknown, before: Usage | null): Usage | null {
  // An absurd figure is no report: settle estimates instead, and says so.
  if (!isJsonObject(value) || counts.some((name) => isAbsurd(value[name]))) return before;
  function pick(name: string, earlier: number): number {
    const given = isJsonObject(value) ? value[name] : undefined;
    return typeof given === 'number' ? toCount(given) : earlier;
  }
  const details = isJsonObject(value['output_tokens_details']) ? value['output_tokens_details'] : {};
  return {
    inputTokens: pick('input_tokens', before?.inputTokens ?? 0),
    cacheReadTokens: pick('cache_read_input_tokens', before?.cacheReadTokens ?? 0),
    cacheWriteTokens: pick('cache_creation_input_tokens', before?.cacheWriteTokens ?? 0),
    outputTokens: pick('output_tokens', before?.outputTokens ?? 0),
    reasoningTokens: toCount(details['thinking_tokens']) || (before?.reasoningTokens ?? 0),
  };
}

/** Usage in the Messages fields: `input_tokens` leaves out what was read from or written to the cache. */
export function encodeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    output_tokens: usage.outputTokens,
    ...(usage.reasoningTokens > 0
      ? { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }
      : {}),
  };
}
