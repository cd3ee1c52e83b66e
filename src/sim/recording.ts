import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { hashWide } from './hash-text.ts';
import { isObject } from './json.ts';

/** Recorded answers: which model said what to which question. */
export interface Recording {
  /** Model names that have answers. */
  readonly models: readonly string[];
  /** How many answers there are. */
  readonly size: number;
  /** The answer to exactly this question, else to the same one with other white space, else null. */
  find(model: string, question: string): string | null;
}

/** One recorded answer; a line of a recording file. */
export interface RecordedAnswer {
  readonly model: string;
  readonly question: string;
  readonly answer: string;
}

/** Answers of one recording; a larger file is a mistake or belongs in several. */
const mostAnswers = 1_000_000;
/** Bytes of answers per memory block: large enough that blocks are few, small enough to waste little. */
const blockBytes = 1024 * 1024;

function toSpaceless(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

function toKey(model: string, question: string): number {
  return hashWide(`${model}\u0000${question}`);
}

/**
 * Creates a recording while its answers arrive. Answers are kept as UTF-8 in large blocks and questions
 * only as 53-bit hashes, so that 15,000 answers of 700 bytes take about 12 MB, not a heap of objects.
 */
function createStore(): { add(entry: RecordedAnswer): void; toRecording(): Recording } {
  const exact = new Map<number, number>();
  const spaceless = new Map<number, number>();
  const models = new Set<string>();
  const blocks: Buffer[] = [];
  const places: { block: number[]; start: number[]; end: number[] } = { block: [], start: [], end: [] };
  let used = blockBytes;
  function keep(answer: string): number {
    const size = Buffer.byteLength(answer);
    if (used + size > (blocks.at(-1)?.length ?? 0)) {
      blocks.push(Buffer.allocUnsafeSlow(Math.max(blockBytes, size)));
      used = 0;
    }
    blocks.at(-1)?.write(answer, used);
    places.block.push(blocks.length - 1);
    places.start.push(used);
    places.end.push(used + size);
    used += size;
    return places.block.length - 1;
  }
  function read(place: number): string {
    return blocks[places.block[place] ?? 0]?.toString('utf8', places.start[place], places.end[place]) ?? '';
  }
  return {
    add({ model, question, answer }) {
      if (exact.size >= mostAnswers) {
        throw new Error(`Cannot load the recording: more than ${mostAnswers} answers`);
      }
      const place = keep(answer);
      models.add(model);
      exact.set(toKey(model, question), place);
      const other = toSpaceless(question);
      if (other !== question) spaceless.set(toKey(model, other), place);
    },
    toRecording: () => ({
      models: [...models],
      size: exact.size,
      find(model, question) {
        const place = exact.get(toKey(model, question)) ?? findSpaceless(model, toSpaceless(question));
        return place === undefined ? null : read(place);
      },
    }),
  };
  function findSpaceless(model: string, question: string): number | undefined {
    const key = toKey(model, question);
    return spaceless.get(key) ?? exact.get(key);
  }
}

function parseLine(line: string, where: string): RecordedAnswer {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Error(`Cannot read ${where}: the line is not JSON`, { cause });
  }
  const { model, question, answer } = isObject(value) ? value : {};
  if (typeof model !== 'string' || typeof question !== 'string' || typeof answer !== 'string') {
    throw new Error(`Cannot read ${where}: "model", "question" and "answer" must be texts`);
  }
  return { model, question, answer };
}

/** Makes a recording of answers at hand. A later answer to the same question replaces the earlier one. */
export function toRecording(answers: Iterable<RecordedAnswer>): Recording {
  const store = createStore();
  for (const entry of answers) store.add(entry);
  return store.toRecording();
}

/**
 * Loads a recording: JSON lines `{"model":"…","question":"…","answer":"…"}`, plain or gzip (by the name's
 * ending `.gz`). Read as a stream. Rejects with file and line when a line is wrong.
 */
export async function loadRecording(file: string): Promise<Recording> {
  const store = createStore();
  const source = createReadStream(file);
  const input = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  // Without this an unreadable file ends in silence: pipe() does not hand errors on.
  source.on('error', (error) => input.destroy(error));
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const failed = new Promise<never>((_resolve, reject) => input.once('error', reject));
  failed.catch(() => undefined);
  let count = 0;
  const iterator = lines[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), failed]);
    if (next.done === true) break;
    count += 1;
    if (next.value.trim() !== '') store.add(parseLine(next.value, `${file}:${count}`));
  }
  return store.toRecording();
}
