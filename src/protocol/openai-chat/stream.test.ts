import { expect, test } from 'vitest';

import { createTap, readAnswer } from './stream.ts';
import { readUsage } from './usage.ts';

function seeAll(frames: readonly string[]): { kinds: string[]; tap: ReturnType<typeof createTap> } {
  const tap = createTap();
  return { kinds: frames.map((frame) => tap.see(new TextEncoder().encode(frame))), tap };
}

const content =
  'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}],"usage":null}\n\n';

test('see() tells prelude, content, finish, usage and done apart', () => {
  const { kinds, tap } = seeAll([
    ': keep-alive\n\n',
    'data: {"model":"v","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n',
    content,
    content,
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n',
    'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n\n',
    'data: [DONE]\n\n',
  ]);
  expect(kinds).toEqual(['comment', 'prelude', 'content', 'content', 'finish', 'usage', 'done']);
  expect(tap).toMatchObject({ complete: true, finish: 'length', reportedModel: 'v', contentEvents: 2 });
  expect(tap.usage?.outputTokens).toBe(2);
});

test('see() is not misled by words inside the content', () => {
  const tricky = JSON.stringify('"error": {"x":1} "usage":{"completion_tokens":9} "finish_reason":"stop"');
  const { kinds, tap } = seeAll([content, `data: {"choices":[{"delta":{"content":${tricky}}}]}\n\n`]);
  expect(kinds).toEqual(['content', 'content']);
  expect(tap).toMatchObject({ usage: null, finish: null, complete: false, error: null });
});

test.each([
  [
    'a space before the colon',
    '{"usage" : {"prompt_tokens":1,"completion_tokens":7},"choices":[{"delta":{"content":"b"}}]}',
  ],
  [
    'usage in the last choice',
    '{"choices":[{"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":1,"completion_tokens":7}}]}',
  ],
])('see() finds usage with %s', (_name, data) => {
  const { tap } = seeAll([content, `data: ${data}\n\n`]);
  expect(tap.usage?.outputTokens).toBe(7);
});

test('see() reports errors and chunks that are not JSON', () => {
  expect(seeAll(['data: {"error":{"message":"m","code":"c"}}\n\n']).tap.error).toEqual({
    code: 'c',
    text: 'm',
  });
  expect(seeAll([content, 'data: {"choices":[{"usage":{ \n\n']).kinds[1]).toBe('error');
  expect(seeAll(['data: 7\n\n']).kinds).toEqual(['error']);
});

test.each([
  ['OpenAI', { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 6 } }],
  [
    'DeepSeek',
    { prompt_tokens: 10, completion_tokens: 4, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 4 },
  ],
  ['Kimi', { prompt_tokens: 10, completion_tokens: 4, cached_tokens: 6 }],
])('readUsage() counts cached tokens once, as %s writes them', (_vendor, usage) => {
  expect(readUsage(usage)).toEqual({
    inputTokens: 4,
    cacheReadTokens: 6,
    cacheWriteTokens: 0,
    outputTokens: 4,
    reasoningTokens: 0,
  });
});

test('readAnswer() takes hostile shapes for what they are', () => {
  for (const body of [
    null,
    7,
    [],
    { choices: 'x' },
    { choices: [null] },
    { usage: { prompt_tokens: 'a' } },
  ]) {
    expect(readAnswer(body)).toMatchObject({ usage: null, finish: null, error: null });
  }
  expect(readAnswer({ base_resp: { status_code: 1004, status_msg: 'no' } }).error).toEqual({
    code: '1004',
    text: 'no',
  });
  expect(readUsage({ prompt_tokens: -5, completion_tokens: Number.NaN })).toMatchObject({
    inputTokens: 0,
    outputTokens: 0,
  });
  expect(readUsage({ prompt_tokens: 5, completion_tokens: Number.POSITIVE_INFINITY })).toBeNull();
});
