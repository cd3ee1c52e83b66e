import type { Finish } from '../neutral/index.ts';

/** The finish reasons of Chat and of the vendors that speak it. Sources: OpenAI, DeepSeek, Zhipu, vLLM. */
export const chatFinishes: Readonly<Record<string, Finish>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop-sequence',
  length: 'length',
  max_tokens: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'filtered',
  sensitive: 'filtered',
  model_context_window_exceeded: 'context-full',
  insufficient_system_resource: 'failed',
  network_error: 'failed',
  error: 'failed',
  abort: 'failed',
};

/**
 * How a neutral finish is written in Chat. `failed` has no word of its own; a stream ends in an error
 * instead.
 */
export const chatFinishWords: Readonly<Record<Finish, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  filtered: 'content_filter',
  paused: 'length',
  'context-full': 'length',
  failed: 'stop',
};

/**
 * The finish of an answer. Several hosts say "stop" after calls, or "tool_calls" without any; what stands in
 * the answer decides between those two.
 */
export function toFinish(word: string, hasCalls: boolean): Finish {
  const finish = Object.hasOwn(chatFinishes, word) ? (chatFinishes[word] ?? 'stop') : 'stop';
  if (finish === 'tool-calls' && !hasCalls) return 'stop';
  return finish === 'stop' && hasCalls ? 'tool-calls' : finish;
}
