import type { Usage } from '../../kernel/index.ts';
import { isJsonObject } from '../neutral/index.ts';

function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/**
 * Reads a Messages `usage` object over what an earlier event said: message_start has the input side,
 * message_delta the cumulative output. `input_tokens` leaves out cache reads and writes here.
 */
export function readUsage(value: unknown, before: Usage | null): Usage | null {
  if (!isJsonObject(value)) return before;
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
