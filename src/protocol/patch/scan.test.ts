import fc from 'fast-check';
import { expect, test } from 'vitest';

import { scanObject } from './scan.ts';
import { spliceObject } from './splice.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const wanted = new Set(['model', 'stream', 'stream_options']);

/** JSON text of a value with white space strewn in wherever JSON allows it. */
function toLooseText(value: unknown, spaces: readonly string[]): string {
  let next = 0;
  const space = (): string => spaces[next++ % spaces.length] ?? '';
  const write = (part: unknown): string => {
    if (Array.isArray(part)) return `[${space()}${part.map(write).join(`${space()},${space()}`)}${space()}]`;
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const members = Object.entries(part).map(
      ([key, member]) => `${space()}${JSON.stringify(key)}${space()}:${space()}${write(member)}${space()}`,
    );
    return `{${members.join(',')}}`;
  };
  return write(value) + space();
}

const anyObject = fc
  .dictionary(
    fc.oneof(fc.constantFrom('model', 'stream', 'stream_options', 'messages'), fc.string({ unit: 'binary' })),
    fc.jsonValue({ maxDepth: 4 }),
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const anySpaces = fc.array(fc.constantFrom('', ' ', '\n', '\t \r\n'), { minLength: 1, maxLength: 5 });

test('scanObject() finds each wanted value exactly, whatever the white space and the other members', () => {
  fc.assert(
    fc.property(anyObject, anySpaces, (value, spaces) => {
      const bytes = encode(toLooseText(value, spaces));
      const scan = scanObject(bytes, wanted);
      expect([...scan.spans.keys()].toSorted()).toEqual(
        Object.keys(value)
          .filter((key) => wanted.has(key))
          .toSorted(),
      );
      for (const [key, span] of scan.spans) {
        expect(JSON.parse(decode(bytes.subarray(span.start, span.end)))).toEqual(value[key]);
      }
      expect(scan.duplicate).toBeNull();
      expect(scan.empty).toBe(Object.keys(value).length === 0);
    }),
    { numRuns: 500 },
  );
});

test('spliceObject() changes the edited members and no other byte', () => {
  fc.assert(
    fc.property(anyObject, anySpaces, (value, spaces) => {
      const text = toLooseText(value, spaces);
      const bytes = encode(text);
      const edits = [
        { key: 'model', value: '"new 模型"' },
        { key: 'stream_options', value: '{"include_usage":true}' },
      ];
      const edited = decode(spliceObject(bytes, scanObject(bytes, wanted), { edits }));
      expect(JSON.parse(edited)).toEqual({
        ...value,
        model: 'new 模型',
        stream_options: { include_usage: true },
      });
      const back = edits.toReversed().reduce((rest, edit) => rest.replace(edit.value, ''), edited);
      expect(edited.length - back.length).toBe(edits.reduce((sum, edit) => sum + edit.value.length, 0));
    }),
    { numRuns: 500 },
  );
});

test('scanObject() sees a duplicate that hides behind an escape', () => {
  expect(scanObject(encode('{"model":1,"mod\\u0065l":2}'), wanted).duplicate).toBe('model');
  expect(scanObject(encode('{"a":{"model":1},"model":2}'), wanted).duplicate).toBeNull();
});

test('scanObject() measures the depth without recursion', () => {
  const depth = 100_000;
  const bytes = encode(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  expect(scanObject(bytes, wanted).depth).toBe(depth + 1);
});

test('scanObject() is not misled by braces, quotes and backslashes inside strings', () => {
  const long = 'x'.repeat(60);
  for (const inner of ['}', '"', '\\', '\\"', `${long}\\`, `${long}\\"`, `${long}\\\\"},{`]) {
    const value = { text: inner, model: 'm', after: inner };
    const bytes = encode(JSON.stringify(value));
    const span = scanObject(bytes, wanted).spans.get('model');
    expect(decode(bytes.subarray(span?.start, span?.end))).toBe('"m"');
  }
});
