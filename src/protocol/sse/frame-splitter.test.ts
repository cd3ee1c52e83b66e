import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readFrame } from './frame-data.ts';
import { createFrameSplitter } from './frame-splitter.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Splits a text at the given places and collects the whole frames. */
function split(text: string, cuts: readonly number[]): { frames: string[]; pending: number } {
  const bytes = encode(text);
  const splitter = createFrameSplitter(10_000);
  const frames: string[] = [];
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  for (let index = 1; index < places.length; index++) {
    const run = splitter.push(bytes.slice(places[index - 1], places[index]));
    let start = 0;
    for (const end of run?.ends ?? []) {
      frames.push(Buffer.from(run?.bytes.subarray(start, end) ?? []).toString());
      start = end;
    }
    if (run !== null) expect(start).toBe(run.bytes.length);
  }
  return { frames, pending: splitter.pendingBytes };
}

test.each(['\n', '\r\n', '\r'])(
  'push() yields the same frames wherever a stream with %j breaks is cut',
  (eol) => {
    const frames = [
      `event: a${eol}data: {"x":"é你🎉"}${eol}${eol}`,
      `: c${eol}${eol}`,
      `data: 1${eol}data: 2${eol}${eol}`,
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
        const { frames: found, pending } = split(frames.join(''), cuts);
        expect([found.join(''), pending]).toEqual([frames.join(''), 0]);
        // A CR at a cut ends its frame before the LF that may follow; the LF then comes alone.
        expect(found.filter((frame) => frame !== '\n').map(readFrame)).toEqual(frames.map(readFrame));
      }),
    );
  },
);

test('push() holds a frame back until its empty line has come', () => {
  const { frames, pending } = split('data: 1\n\ndata: 2\n', []);
  expect(frames).toEqual(['data: 1\n\n']);
  expect(pending).toBe(8);
});

test('push() refuses a frame beyond the limit, in one chunk or in many', () => {
  const splitter = createFrameSplitter(100);
  expect(() => splitter.push(encode('x'.repeat(101)))).toThrow(RangeError);
  const slow = createFrameSplitter(100);
  slow.push(encode('x'.repeat(60)));
  expect(() => slow.push(encode(`${'x'.repeat(60)}\n\n`))).toThrow(RangeError);
});

test('readFrame() joins data lines and ignores comments, as the specification says', () => {
  expect(readFrame('event: e\nid: 7\ndata: a\ndata:b\n: c\n\n')).toEqual({ event: 'e', data: 'a\nb' });
  expect(readFrame(': only a comment\n\n')).toEqual({ event: '', data: null });
  expect(readFrame('data\n\n')).toEqual({ event: '', data: '' });
  expect(readFrame('data: {"a":1}\n\n')).toEqual({ event: '', data: '{"a":1}' });
});
