import type { Finish } from '../neutral/index.ts';

/** The stop reasons of Messages. Source: Anthropic's API reference. */
export const messagesFinishes: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  pause_turn: 'paused',
  refusal: 'filtered',
  model_context_window_exceeded: 'context-full',
};

/** How a neutral finish is written in Messages. `failed` has no word; a stream ends in an error instead. */
export const messagesFinishWords: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  filtered: 'refusal',
  paused: 'pause_turn',
  'context-full': 'model_context_window_exceeded',
  failed: 'end_turn',
};

/** The finish of an answer; calls in it decide where a compatible host says only that it ended. */
export function toFinish(word: string, hasCalls: boolean): Finish {
  const finish = Object.hasOwn(messagesFinishes, word) ? (messagesFinishes[word] ?? 'stop') : 'stop';
  if (finish === 'tool-calls' && !hasCalls) return 'stop';
  return finish === 'stop' && hasCalls ? 'tool-calls' : finish;
}
