import { existsSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { loadRecording, type RecordedAnswer, toRecording } from './recording.ts';
import { type Json, postChat, postMessages, toChatBody, toMessagesBody, withSim } from './sim.case.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'changeover-recording-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeFile(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

const answers: readonly RecordedAnswer[] = [
  { model: 'a', question: 'What is 6 × 7?', answer: '42 🙂' },
  { model: 'b', question: 'What is 6 × 7?', answer: 'forty-two' },
  { model: 'a', question: 'Two\n  lines ', answer: 'yes' },
];
const text = answers.map((entry) => JSON.stringify(entry)).join('\n');

describe('loadRecording()', () => {
  test.each([
    ['plain.jsonl', text],
    ['blank-lines.jsonl', `\n${text}\r\n\r\n`],
    ['packed.jsonl.gz', gzipSync(text)],
  ])('reads %s', async (name, content) => {
    const recording = await loadRecording(writeFile(name, content));
    expect([recording.size, [...recording.models]]).toEqual([3, ['a', 'b']]);
    for (const { model, question, answer } of answers) expect(recording.find(model, question)).toBe(answer);
  });

  test('finds a question with other white space, but not of another model', async () => {
    const recording = await loadRecording(writeFile('space.jsonl', text));
    expect(recording.find('a', ' What is\n6 × 7? ')).toBe('42 🙂');
    expect(recording.find('a', 'Two lines')).toBe('yes');
    expect(recording.find('b', 'Two lines')).toBeNull();
    expect(recording.find('a', 'What is 6 × 8?')).toBeNull();
  });

  test('names file and line of what is wrong', async () => {
    await expect(loadRecording(writeFile('bad.jsonl', `${text}\n{oops`))).rejects.toThrow(
      /bad\.jsonl:4: the line/,
    );
    await expect(loadRecording(writeFile('half.jsonl', '{"model":"a"}'))).rejects.toThrow(
      /half\.jsonl:1: "model"/,
    );
    await expect(loadRecording(path.join(folder, 'absent.jsonl'))).rejects.toThrow(/ENOENT/);
    await expect(loadRecording(writeFile('fake.jsonl.gz', 'not gzip'))).rejects.toThrow(/incorrect header/);
  });
});

test('toRecording() keeps answers larger than a memory block, and the later of two', () => {
  const large = 'ü'.repeat(3_000_000);
  const recording = toRecording([
    { model: 'a', question: 'q', answer: 'first' },
    { model: 'a', question: 'large', answer: large },
    { model: 'a', question: 'q', answer: 'second' },
  ]);
  expect(recording.find('a', 'large')).toBe(large);
  expect(recording.find('a', 'q')).toBe('second');
});

describe('a sim with a recording', () => {
  const models = ['a', 'b'];

  test('says what was recorded, in both dialects, streamed and not', () =>
    withSim({ vendor: 'qwen', models, recorded: toRecording(answers) }, async (sim) => {
      const chat = await postChat(sim, { ...toChatBody(sim, 'What is 6 × 7?'), model: 'b' });
      expect(chat.json).toMatchObject({ choices: [{ message: { content: 'forty-two' } }] });
      const message = await postMessages(sim, toMessagesBody(sim, 'What is 6 × 7?'));
      expect(message.json).toMatchObject({ content: [{ type: 'text', text: '42 🙂' }] });
      const stream = await postChat(sim, toChatBody(sim, 'What is 6 × 7?', { stream: true }));
      expect(stream.text).toContain('"content":" 🙂"');
    }));

  test('answers a question that is missing with a 404 of the vendor, or made up', async () => {
    const options = { vendor: 'openai', models, recorded: toRecording(answers) } as const;
    await withSim(options, async (sim) => {
      const { status, json } = await postChat(sim, toChatBody(sim, 'Why?'));
      expect([status, (json['error'] as Json)['code']]).toEqual([404, 'not_recorded']);
    });
    await withSim({ ...options, recordedMiss: 'seeded' }, async (sim) => {
      expect((await postChat(sim, toChatBody(sim, 'Why?'))).text).toContain('Why?');
    });
  });
});

/** Real questions and answers, where the table lies beside the project. */
const table = path.join(import.meta.dirname, '../../../shared/data/zeroeval');

test.skipIf(!existsSync(table))('a table of 1,319 questions and 11 models loads fast and small', async () => {
  const readRows = (name: string): Json[] =>
    gunzipSync(readFileSync(path.join(table, name)))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Json);
  const questions = new Map(
    readRows('gsm.questions.jsonl.gz').map((row) => [row['id'], row['question'] as string]),
  );
  const rows = readRows('gsm.responses.jsonl.gz').flatMap((row) =>
    Object.entries(row['responses'] as Record<string, string>).map(([model, answer]) => ({
      model,
      question: questions.get(row['id']) ?? '',
      answer,
    })),
  );
  const file = writeFile(
    'gsm.jsonl.gz',
    gzipSync(rows.map((row) => JSON.stringify(row)).join('\n'), { level: 1 }),
  );
  const recording = await loadRecording(file);
  expect(recording.models).toHaveLength(11);
  expect(recording.size).toBe(rows.length);
  const probe = rows[7777]!;
  expect(recording.find(probe.model, probe.question)).toBe(probe.answer);
});
