/** The client wire protocols. */
export const dialects = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;
export type Dialect = (typeof dialects)[number];
