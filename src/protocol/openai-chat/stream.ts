import type { Usage } from '../../kernel/index.ts';
import {
  type FrameKind,
  isJsonObject,
  type JsonObject,
  readWireError,
  type StreamTap,
  type WireError,
} from '../neutral/index.ts';
import { isCommentOnly, readFrame } from '../sse/index.ts';
import { readUsage } from './usage.ts';

const decoder = new TextDecoder();

/** True when a delta carries anything that a reader would see: text, reasoning, a tool call, a refusal. */
function hasContent(delta: unknown): boolean {
  if (!isJsonObject(delta)) return false;
  for (const key in delta) {
    if (key === 'role') continue;
    const value = delta[key];
    if (value !== null && value !== '' && !(Array.isArray(value) && value.length === 0)) return true;
  }
  return false;
}

/**
 * Watches chat chunks. Once content has begun, a frame is parsed only when it may carry usage, an
 * error or a finish reason: the quoted names cannot stand inside a JSON string unescaped, so a plain
 * search is exact, and a content frame costs well under a microsecond.
 */
class ChatTap implements StreamTap {
  usage: Usage | null = null;
  finish: string | null = null;
  reportedModel: string | null = null;
  complete = false;
  error: WireError | null = null;
  contentEvents = 0;
  readonly #choices: number;
  readonly #finished = new Set<number>();

  constructor(choices: number) {
    this.#choices = choices;
  }

  see(frame: Uint8Array): FrameKind {
    if (isCommentOnly(frame)) return 'comment';
    const text = decoder.decode(frame);
    if (this.contentEvents > 0 && isPlainContent(text)) {
      this.contentEvents++;
      return 'content';
    }
    const { data } = readFrame(text);
    if (data === null || data.trim() === '') return 'comment';
    if (data.trim() === '[DONE]') {
      this.complete = true;
      return 'done';
    }
    let chunk: unknown;
    try {
      chunk = JSON.parse(data);
    } catch {
      this.error = { code: 'malformed_chunk', text: 'A stream chunk is not JSON' };
      return 'error';
    }
    return this.#seeChunk(chunk);
  }

  #seeChunk(chunk: unknown): FrameKind {
    const error = readWireError(chunk);
    if (error !== null || !isJsonObject(chunk)) {
      this.error = error ?? { code: 'malformed_chunk', text: 'A stream chunk is not an object' };
      return 'error';
    }
    if (typeof chunk['model'] === 'string') this.reportedModel = chunk['model'].slice(0, 256);
    const choices: readonly unknown[] = Array.isArray(chunk['choices']) ? chunk['choices'] : [];
    const first = choices[0];
    this.usage =
      readUsage(chunk['usage']) ?? (isJsonObject(first) ? readUsage(first['usage']) : null) ?? this.usage;
    if (choices.length === 0) {
      return this.usage !== null && isJsonObject(chunk['usage']) ? 'usage' : 'prelude';
    }
    return this.#seeChoices(choices);
  }

  #seeChoices(choices: readonly unknown[]): FrameKind {
    let kind: FrameKind = 'prelude';
    for (const choice of choices) {
      if (!isJsonObject(choice)) continue;
      const message: unknown = choice['delta'] ?? choice['message'];
      if (hasContent(message) || (typeof choice['text'] === 'string' && choice['text'] !== '')) {
        kind = 'content';
      }
      const finish = choice['finish_reason'];
      if (typeof finish === 'string' && finish !== '') {
        this.finish = finish.slice(0, 64);
        // Several hosts close without [DONE]; a finish reason of every choice is an honest end all the same.
        this.#finished.add(typeof choice['index'] === 'number' ? choice['index'] : 0);
        this.complete = this.#finished.size >= this.#choices;
        if (kind === 'prelude') kind = 'finish';
      }
    }
    if (kind === 'content') this.contentEvents++;
    return kind;
  }
}

function isPlainContent(text: string): boolean {
  // A chunk that does not end as JSON does was torn by its host: it takes the exact way.
  if (!text.startsWith('data: {') || !text.endsWith('}\n\n')) return false;
  if (text.includes('"error"') || text.includes('"base_resp"')) return false;
  if (!isAbsentOrNull(text, '"usage":')) return false;
  return isAbsentOrNull(text, '"finish_reason":');
}

/** True when `name` does not occur or every value after it is null. */
function isAbsentOrNull(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + name.length)) {
    let value = at + name.length;
    while (text.charCodeAt(value) === 0x20) value++;
    if (!text.startsWith('null', value)) return false;
  }
  // A space before the colon is legal JSON and rare; such a frame takes the exact way.
  return !text.includes(`${name.slice(0, -1)} `);
}

/** A tap on a chat stream of so many choices. */
export function createTap(choices = 1): StreamTap {
  return new ChatTap(choices);
}

/** What a whole chat answer says of itself. */
export function readAnswer(body: unknown): {
  usage: Usage | null;
  finish: string | null;
  reportedModel: string | null;
  error: WireError | null;
} {
  const error = readWireError(body);
  if (!isJsonObject(body)) return { usage: null, finish: null, reportedModel: null, error };
  const choices: readonly unknown[] = Array.isArray(body['choices']) ? body['choices'] : [];
  const first: JsonObject = isJsonObject(choices[0]) ? choices[0] : {};
  const finish = first['finish_reason'];
  return {
    usage: readUsage(body['usage']),
    finish: typeof finish === 'string' ? finish.slice(0, 64) : null,
    reportedModel: typeof body['model'] === 'string' ? body['model'].slice(0, 256) : null,
    error,
  };
}
