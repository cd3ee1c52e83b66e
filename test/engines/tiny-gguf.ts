// Writes a model file that a real engine loads: the llama architecture with two small layers and random
// weights. What it says means nothing; how it says it (tokens, usage, streams, grammar) is the real thing.
// Spec: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3).
import { writeFileSync } from 'node:fs';

const width = 64;
const layers = 2;
const heads = 4;
const keyHeads = 2;
const innerWidth = 128;
/** Tokens that the model accepts at most; the engine shares them among its slots. */
const contextTokens = 32_768;
const alignment = 32;

/** Type numbers of metadata values in the format. */
const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const tokenTypes = { normal: 1, control: 3 } as const;
const tensorFloat32 = 0;

interface Tensor {
  readonly name: string;
  /** Fastest dimension first. */
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** Grows by appending; all numbers are little endian. */
class ByteWriter {
  readonly #parts: Buffer[] = [];
  length = 0;

  bytes(part: Buffer): void {
    this.#parts.push(part);
    this.length += part.length;
  }

  uint32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.bytes(part);
  }

  uint64(value: number): void {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    this.bytes(part);
  }

  float32(value: number): void {
    const part = Buffer.alloc(4);
    part.writeFloatLE(value);
    this.bytes(part);
  }

  text(value: string): void {
    const part = Buffer.from(value, 'utf8');
    this.uint64(part.length);
    this.bytes(part);
  }

  align(): void {
    this.bytes(Buffer.alloc(toAligned(this.length) - this.length));
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

function toAligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}

/** The key-value part of the file. */
class Metadata {
  readonly writer = new ByteWriter();
  count = 0;

  #begin(key: string, type: number): void {
    this.writer.text(key);
    this.writer.uint32(type);
    this.count++;
  }

  text(key: string, value: string): void {
    this.#begin(key, valueTypes.string);
    this.writer.text(value);
  }

  integer(key: string, value: number): void {
    this.#begin(key, valueTypes.uint32);
    this.writer.uint32(value);
  }

  decimal(key: string, value: number): void {
    this.#begin(key, valueTypes.float32);
    this.writer.float32(value);
  }

  flag(key: string, value: boolean): void {
    this.#begin(key, valueTypes.bool);
    this.writer.bytes(Buffer.from([value ? 1 : 0]));
  }

  texts(key: string, values: readonly string[]): void {
    this.#begin(key, valueTypes.array);
    this.writer.uint32(valueTypes.string);
    this.writer.uint64(values.length);
    for (const value of values) this.writer.text(value);
  }

  integers(key: string, values: readonly number[]): void {
    this.#begin(key, valueTypes.array);
    this.writer.uint32(valueTypes.int32);
    this.writer.uint64(values.length);
    for (const value of values) this.writer.uint32(value);
  }
}

/**
 * The letter that stands for a byte in a byte-level vocabulary: itself when it can be printed, else one of
 * the letters from U+0100 on, given out in order.
 */
function toByteLetters(): string[] {
  let next = 0x100;
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
}

const controlTokens = ['<|pad|>', '<|turn|>', '<|end|>'] as const;
const template =
  "{% for m in messages %}<|turn|>{{ m['role'] }}: {{ m['content'] }}<|end|>{% endfor %}" +
  '{% if add_generation_prompt %}<|turn|>assistant: {% endif %}';

function toVocabulary(): { readonly tokens: string[]; readonly types: number[]; readonly merges: string[] } {
  const letters = toByteLetters();
  const space = letters[0x20] ?? '';
  const merges = [`${space} a`, `t h`, `th e`, `i n`];
  const merged = merges.map((merge) => merge.replace(' ', ''));
  const tokens = [...letters, ...merged, ...controlTokens];
  const normals = tokens.length - controlTokens.length;
  const types = tokens.map((_, id) => (id < normals ? tokenTypes.normal : tokenTypes.control));
  return { tokens, types, merges };
}

function toMetadata(): Metadata {
  const { tokens, types, merges } = toVocabulary();
  const [pad, , end] = controlTokens;
  const data = new Metadata();
  data.text('general.architecture', 'llama');
  data.text('general.name', 'tiny random');
  data.integer('general.alignment', alignment);
  data.integer('general.file_type', tensorFloat32);
  data.integer('llama.block_count', layers);
  data.integer('llama.context_length', contextTokens);
  data.integer('llama.embedding_length', width);
  data.integer('llama.feed_forward_length', innerWidth);
  data.integer('llama.attention.head_count', heads);
  data.integer('llama.attention.head_count_kv', keyHeads);
  data.integer('llama.rope.dimension_count', width / heads);
  data.decimal('llama.rope.freq_base', 10_000);
  data.decimal('llama.attention.layer_norm_rms_epsilon', 1e-5);
  data.integer('llama.vocab_size', tokens.length);
  data.text('tokenizer.ggml.model', 'gpt2');
  data.text('tokenizer.ggml.pre', 'gpt-2');
  data.texts('tokenizer.ggml.tokens', tokens);
  data.integers('tokenizer.ggml.token_type', types);
  data.texts('tokenizer.ggml.merges', merges);
  data.integer('tokenizer.ggml.bos_token_id', tokens.indexOf(end));
  data.integer('tokenizer.ggml.eos_token_id', tokens.indexOf(end));
  data.integer('tokenizer.ggml.padding_token_id', tokens.indexOf(pad));
  data.flag('tokenizer.ggml.add_bos_token', false);
  data.text('tokenizer.chat_template', template);
  return data;
}

/** A small generator of numbers in [-1, 1) that gives the same model every time (xorshift, 32 bits). */
function createNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  };
}

function toTensors(vocabularySize: number): Tensor[] {
  const noise = createNoise(20_261_123);
  const tensors: Tensor[] = [];
  const add = (name: string, shape: readonly number[], value: (index: number) => number): void => {
    const size = shape.reduce((product, side) => product * side, 1);
    tensors.push({
      name: `${name}.weight`,
      shape,
      values: Float32Array.from({ length: size }, (_, index) => value(index)),
    });
  };
  const small = (): number => noise() * 0.2;
  add('token_embd', [width, vocabularySize], () => noise());
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}`;
    add(`${block}.attn_norm`, [width], () => 1);
    add(`${block}.attn_q`, [width, width], small);
    add(`${block}.attn_k`, [width, (width / heads) * keyHeads], small);
    add(`${block}.attn_v`, [width, (width / heads) * keyHeads], small);
    add(`${block}.attn_output`, [width, width], small);
    add(`${block}.ffn_norm`, [width], () => 1);
    add(`${block}.ffn_gate`, [width, innerWidth], small);
    add(`${block}.ffn_up`, [width, innerWidth], small);
    add(`${block}.ffn_down`, [innerWidth, width], small);
  }
  add('output_norm', [width], () => 1);
  // Only letters of ASCII get a voice: at temperature 0 the model says readable text without an end.
  const isLetter = (token: number): boolean => token >= 0x61 && token <= 0x7a;
  add('output', [width, vocabularySize], (index) => (isLetter(Math.floor(index / width)) ? small() : 0));
  return tensors;
}

/** Writes the model file; about half a megabyte, the same bytes every time. */
export function writeTinyGguf(file: string): void {
  const metadata = toMetadata();
  const tensors = toTensors(toVocabulary().tokens.length);
  const head = new ByteWriter();
  head.bytes(Buffer.from('GGUF'));
  head.uint32(3);
  head.uint64(tensors.length);
  head.uint64(metadata.count);
  head.bytes(metadata.writer.toBuffer());
  let offset = 0;
  for (const { name, shape, values } of tensors) {
    head.text(name);
    head.uint32(shape.length);
    for (const side of shape) head.uint64(side);
    head.uint32(tensorFloat32);
    head.uint64(offset);
    offset = toAligned(offset + values.byteLength);
  }
  head.align();
  for (const { values } of tensors) {
    head.bytes(Buffer.from(values.buffer));
    head.align();
  }
  writeFileSync(file, head.toBuffer());
}
