import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBodyBlock, encodeBodyBlock } from './body-block.ts';
import { createSalt } from './commitment.ts';

const anyEntry = fc.option(
  fc.record({ request: fc.uint8Array({ maxLength: 300 }), response: fc.uint8Array({ maxLength: 300 }) }),
  { nil: null },
);

test('decodeBodyBlock() gives back the entries at their places', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 20 }), (drawn) => {
      const entries = drawn.map((entry) => (entry === null ? null : { salt: createSalt(), ...entry }));
      const decoded = decodeBodyBlock(encodeBodyBlock(entries));
      expect(
        decoded.map(
          (entry) => entry && { ...entry, request: [...entry.request], response: [...entry.response] },
        ),
      ).toEqual(
        entries.map(
          (entry) => entry && { ...entry, request: [...entry.request], response: [...entry.response] },
        ),
      );
    }),
  );
});

test('decodeBodyBlock() refuses a block that is cut or changed', () => {
  const salt = createSalt();
  const block = encodeBodyBlock([
    { salt, request: Buffer.from('question'), response: Buffer.from('answer') },
  ]);
  expect(() => decodeBodyBlock(block.subarray(0, block.length - 3))).toThrow(
    /unexpected end of file|cut off/,
  );
  expect(() => decodeBodyBlock(Buffer.from('no block'))).toThrow(/Unknown frame descriptor/);
});
