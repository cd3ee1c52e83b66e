import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCanonicalJson } from './canonical-json.ts';
import { toGenesisHash, toLinkHash } from './chain.ts';
import { checkpointFields, encodeCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { commitToBytes, commitToText, createSalt } from './commitment.ts';
import { toTestBodies, toTestCall, toTestEvent } from './ledger-fixture.case.ts';
import {
  attemptFields,
  callFields,
  completeCall,
  encodeRecordHead,
  eventFields,
  openedFields,
  parseRecord,
  toStoredConversation,
  usageFields,
} from './record-format.ts';

const page = readFileSync(new URL('../../docs/reference/ledger-format.md', import.meta.url), 'utf8');

test('the canonical text of a call is what it always was', () => {
  // A released format never changes: a change of this text needs a new version.
  const text = completeCall(encodeRecordHead(toTestCall('call_1', { bodies: toTestBodies('x') })), 'C', [
    'Q',
    'R',
    1000,
  ]);
  expect(text).toBe(
    '["call",1,"call_1",1795000000000,"main","support","key_one","client","openai-chat",true,"support",3,' +
      '"qwen3.7-plus@qwen-sg",2,"task_1","c0ffee","admit","within limits",' +
      '[["qwen3.7-plus@qwen-sg",400,120000,130250,900000,200,null,null,false]],200,null,"stop",' +
      '[1200,300,0,350,40],"reported","qwen-2026-10","qwen3.7-plus",901500,120000,130250,2048,640,[],"C",["Q","R",1000]]',
  );
  expect(parseRecord(text)).toEqual(JSON.parse(text));
});

test('the chain begins and goes on as the reference page says', () => {
  // Computed by another program, from the page.
  const genesis = toGenesisHash('main', 'wr_1');
  expect(genesis.toString('hex')).toBe('8d21c8cbd50e349155ac570acff47958f8c6b0763845b940f556f0d8ea64c208');
  const record = Buffer.from('["x"]');
  expect(toLinkHash(genesis, 1, record).toString('hex')).toBe(
    '9a45385c2c95d144bcad70b1c0b7cc705691e61db784886b7f52cee886852b20',
  );
  expect(toLinkHash(genesis, 2 ** 32 + 1, record).toString('hex')).toBe(
    '5ac1db0a38888438fcc38d187b0ffb1e2ceed2c26e98629e07c05b2a3a560af1',
  );
});

test('parseRecord() takes records of this version only', () => {
  for (const text of [
    '',
    '{}',
    '[]',
    '["call",1]',
    '["call",2,"a",1,"main"]',
    '["other",1,"a",1,"main"]',
    '["event",1,2,3,4,5,6,7,8]',
  ]) {
    expect(parseRecord(text)).toBeNull();
  }
});

test('toCanonicalJson() sorts members, keeps money exact and refuses what JSON cannot hold', () => {
  expect(
    toCanonicalJson({ b: [1, 1.5, -0, 'é\n'], a: { z: null, y: true }, c: 10n ** 20n, d: undefined }),
  ).toBe('{"a":{"y":true,"z":null},"b":[1,1.5,0,"é\\n"],"c":"100000000000000000000"}');
  const cyclic: Record<string, unknown> = {};
  cyclic['self'] = cyclic;
  for (const value of [Number.NaN, Infinity, () => 1, Symbol('x'), cyclic, [undefined]]) {
    expect(() => toCanonicalJson(value)).toThrow(/Cannot encode/);
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = toCanonicalJson(value);
      expect(toCanonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test('encodeRecordHead() cuts what comes from outside and writes odd text well-formed', () => {
  const long = 'x'.repeat(10_000);
  const head = encodeRecordHead(
    toTestCall('call_1', { reportedModel: long, finish: long, loss: Array(500).fill(long) as string[] }),
  );
  expect(head.length).toBeLessThan(15_000);
  expect(JSON.parse(encodeRecordHead(toTestEvent('evt_1', { subject: '\ud800"\u2028' })))).toContain(
    '\ufffd"\u2028',
  );
  expect(toStoredConversation('a\0b\ud800')).toBe('a\ufffdb\ufffd');
  expect(toStoredConversation('x'.repeat(5_000))).toHaveLength(1_024);
});

test('commitments are the same for text and its bytes, and differ by thing and salt', () => {
  const salt = createSalt();
  expect(salt).toMatch(/^[\w-]{22}$/);
  expect(createSalt()).not.toBe(salt);
  expect(commitToText('request', salt, 'grüße')).toBe(commitToBytes('request', salt, Buffer.from('grüße')));
  expect(commitToText('request', salt, 'a')).not.toBe(commitToText('response', salt, 'a'));
  expect(commitToText('request', salt, 'a')).not.toBe(commitToText('request', createSalt(), 'a'));
});

test('parseCheckpoint() gives back what was encoded and refuses anything else', () => {
  const checkpoint = {
    number: 2,
    at: 5,
    ledger: 'ldg_1',
    keyId: 'abc',
    previous: null,
    place: 9,
    heads: [['main', 'wr_1', 9, 'ff']] as const,
  };
  expect(parseCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  for (const text of [
    '',
    '[]',
    '["checkpoint",2]',
    encodeCheckpoint(checkpoint).replace('9,[["main"', '9,[[7'),
  ]) {
    expect(parseCheckpoint(text)).toBeNull();
  }
});

test('the reference page names every position in its order', () => {
  const rows = [...page.matchAll(/^\| (\d+) +\| `(\w+)`/gm)];
  expect(rows.map((row) => row[2])).toEqual([...callFields]);
  expect(rows.map((row) => Number(row[1]))).toEqual([...callFields.keys()]);
  const flat = page.replace(/\s+/g, ' ').replaceAll(/ \("?`?[^)]*\)/g, '');
  for (const fields of [attemptFields, usageFields, openedFields, eventFields, checkpointFields]) {
    expect(flat).toContain(fields.map((name) => `\`${name}\``).join(', '));
  }
});
