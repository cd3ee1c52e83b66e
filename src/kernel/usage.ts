/**
 * Tokens of one call by class, each counted once: `inputTokens` leaves out cache reads and writes
 * (vendors differ: OpenAI and Gemini include cached tokens in their input figure, Anthropic does not);
 * `outputTokens` includes reasoning.
 */
export interface Usage {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** Where a usage figure comes from; a figure is never invented without saying so. */
export type UsageSource = 'reported' | 'estimated' | 'missing';
