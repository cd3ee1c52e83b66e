import { limits, type Usage } from '../../kernel/index.ts';
import { isJsonObject, type JsonObject } from '../neutral/index.ts';

function toCount(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(Math.floor(value), limits.callTokens) : 0;
}

/** Such a figure is no report: settle estimates instead, and says so. */
function isAbsurd(value: unknown): boolean {
  return typeof value === 'number' && value > limits.callTokens;
}

function firstCount(...values: unknown[]): number {
  for (const value of values) if (typeof value === 'number') return toCount(value);
  return 0;
}

/**
 * Reads a chat `usage` object. `prompt_tokens` includes cached tokens here; the vendors differ only in
 * where they write the cached part: OpenAI in prompt_tokens_details, DeepSeek in prompt_cache_hit_tokens,
 * Kimi at the top.
 */
export function readUsage(value: unknown): Usage | null {
  if (!isJsonObject(value)) return null;
  if (typeof value['prompt_tokens'] !== 'number' && typeof value['completion_tokens'] !== 'number') {
    return null;
  }
  if (isAbsurd(value['prompt_tokens']) || isAbsurd(value['completion_tokens'])) return null;
  const promptDetails = isJsonObject(value['prompt_tokens_details']) ? value['prompt_tokens_details'] : {};
  const outputDetails: JsonObject = isJsonObject(value['completion_tokens_details'])
    ? value['completion_tokens_details']
    : {};
  const prompt = toCount(value['prompt_tokens']);
  const cacheRead = Math.min(
    prompt,
    firstCount(promptDetails['cached_tokens'], value['prompt_cache_hit_tokens'], value['cached_tokens']),
  );
  const cacheWrite = Math.min(prompt - cacheRead, toCount(promptDetails['cache_write_tokens']));
  return {
    inputTokens: prompt - cacheRead - cacheWrite,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    outputTokens: toCount(value['completion_tokens']),
    reasoningTokens: toCount(outputDetails['reasoning_tokens']),
  };
}

/** Usage in Chat's fields: the prompt's figure includes what came from the cache. */
export function encodeUsage(usage: Usage): JsonObject {
  const { cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  const prompt = usage.inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: outputTokens,
    total_tokens: prompt + outputTokens,
    prompt_tokens_details: {
      cached_tokens: cacheReadTokens,
      ...(cacheWriteTokens > 0 ? { cache_write_tokens: cacheWriteTokens } : {}),
    },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}
