import { expect, test } from 'vitest';

import { readFeatures } from './features.ts';
import { createTap } from './stream.ts';

function toFrame(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`;
}

test('see() follows a Messages stream and adds up usage from its start and its end', () => {
  const tap = createTap();
  const frames = [
    toFrame('message_start', {
      message: { model: 'v', usage: { input_tokens: 9, cache_read_input_tokens: 3, output_tokens: 1 } },
    }),
    toFrame('ping', {}),
    toFrame('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    toFrame('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'a' } }),
    toFrame('content_block_stop', { index: 0 }),
    toFrame('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
    toFrame('message_stop', {}),
  ];
  const kinds = frames.map((frame) => tap.see(new TextEncoder().encode(frame)));
  expect(kinds).toEqual(['prelude', 'prelude', 'content', 'content', 'content', 'finish', 'done']);
  expect(tap).toMatchObject({ complete: true, finish: 'end_turn', reportedModel: 'v' });
  expect(tap.usage).toMatchObject({ inputTokens: 9, cacheReadTokens: 3, outputTokens: 5 });
});

test('see() reports the error event', () => {
  const tap = createTap();
  const frame = toFrame('error', { error: { type: 'overloaded_error', message: 'busy' } });
  expect(tap.see(new TextEncoder().encode(frame))).toBe('error');
  expect(tap.error).toEqual({ code: 'overloaded_error', text: 'busy' });
});

test('readFeatures() counts turns without tool results and leaves the changing billing line out', () => {
  const features = readFeatures({
    model: 'support',
    max_tokens: 10,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: 123' },
      { type: 'text', text: 'Be kind' },
    ],
    messages: [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'n', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'r' }] },
      { role: 'user', content: [{ type: 'text', text: 'second' }] },
    ],
  });
  expect(features).toMatchObject({
    ok: true,
    value: { turn: 2, system: 'Be kind', firstUser: 'first', maxOutputTokens: 10 },
  });
});
