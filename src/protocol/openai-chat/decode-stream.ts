import {
  createThinkTags,
  type EndCause,
  isJsonObject,
  type JsonObject,
  parseJson,
  readWireError,
  type StreamDecoder,
  type StreamEvent,
  type ThinkTags,
  toList,
  toObject,
  toText,
} from '../neutral/index.ts';
import { CallTracker } from './call-tracker.ts';
import { toFinish } from './finish.ts';
import { readUsage } from './usage.ts';

/** What the reader of a chat stream has to know. */
export interface ChatStreamOptions {
  readonly thinkTags: boolean;
  /** The client's stop sequences: some hosts name the one that stopped them. */
  readonly stops: readonly string[];
}

class ChatDecoder implements StreamDecoder {
  readonly #tags: ThinkTags | null;
  readonly #stops: readonly string[];
  readonly #calls = new CallTracker();
  #isStarted = false;
  #open: 'none' | 'text' | 'reasoning' = 'none';
  #finishWord: string | null = null;
  #stopSequence: string | null = null;
  #signature: string | null = null;
  #isEnded = false;
  #isFailed = false;

  constructor(options: ChatStreamOptions) {
    this.#tags = options.thinkTags ? createThinkTags() : null;
    this.#stops = options.stops;
  }

  get finishWord(): string | null {
    return this.#finishWord;
  }

  get complete(): boolean {
    return (this.#isEnded || this.#finishWord !== null) && !this.#isFailed;
  }

  push(data: string): readonly StreamEvent[] {
    if (this.#isEnded) return [];
    if (data.length < 16 && data.trim() === '[DONE]') return this.#finish();
    const chunk = parseJson(data);
    if (!isJsonObject(chunk)) {
      return this.#fail({ code: 'malformed_chunk', text: 'A stream chunk is not a JSON object' });
    }
    if ('error' in chunk || 'base_resp' in chunk || chunk['object'] === 'error') {
      const error = readWireError(chunk);
      if (error !== null) return this.#fail(error);
    }
    const events: StreamEvent[] = [];
    if (!this.#isStarted) {
      this.#isStarted = true;
      const { id, model } = chunk;
      events.push({
        type: 'start',
        id: toText(id).slice(0, 256),
        model: toText(model).slice(0, 256),
        usage: null,
      });
    }
    const choices = toList(chunk['choices']);
    for (const choice of choices) {
      // Other choices have no place in a dialect with one answer.
      if (isJsonObject(choice) && (choice['index'] ?? 0) === 0) this.#readChoice(choice, events);
    }
    const first = toObject(choices[0]);
    const usage = chunk['usage'] ?? first['usage'];
    if (isJsonObject(usage)) {
      const read = readUsage(usage);
      if (read !== null) events.push({ type: 'usage', usage: read });
    }
    return events;
  }

  end(cause: EndCause): readonly StreamEvent[] {
    // Several hosts close without [DONE]; a finish reason is an honest end all the same.
    return cause === 'closed' && this.#finishWord !== null && !this.#isEnded ? this.#finish() : [];
  }

  #readChoice(choice: JsonObject, events: StreamEvent[]): void {
    const delta = toObject(choice['delta'] ?? choice['message']);
    const reasoning = toText(delta['reasoning_content']) || toText(delta['reasoning']);
    if (reasoning !== '') this.#say('reasoning', reasoning, events);
    const details = delta['reasoning_details'];
    if (details !== undefined) this.#readDetails(details, reasoning === '', events);
    const text = toText(delta['content']) || toText(delta['refusal']);
    if (text !== '') this.#readText(text, events);
    const calls = delta['tool_calls'];
    if (Array.isArray(calls) && calls.length > 0) {
      this.#close(events);
      const fault = this.#calls.read(calls, events);
      if (fault !== null) events.push(...this.#fail({ code: 'malformed_chunk', text: fault }));
    }
    const word = choice['finish_reason'];
    if (typeof word === 'string' && word !== '') this.#finishWord = word.slice(0, 64);
    const stopped = choice['stop_reason'];
    if (typeof stopped === 'string' && this.#stops.includes(stopped)) this.#stopSequence = stopped;
  }

  /** OpenRouter and MiniMax put reasoning, and its signature, into a list. */
  #readDetails(details: unknown, isShown: boolean, events: StreamEvent[]): void {
    for (const value of toList(details)) {
      const detail = toObject(value);
      const text = toText(detail['text']);
      if (isShown && text !== '') this.#say('reasoning', text, events);
      const signature = toText(detail['signature']);
      if (signature !== '') this.#signature = signature;
    }
  }

  #readText(text: string, events: StreamEvent[]): void {
    if (this.#tags === null) {
      this.#say('text', text, events);
      return;
    }
    const told = this.#tags.push(text);
    if (told.reasoning !== '') this.#say('reasoning', told.reasoning, events);
    if (told.text !== '') this.#say('text', told.text, events);
  }

  #say(kind: 'text' | 'reasoning', text: string, events: StreamEvent[]): void {
    if (this.#open !== kind) {
      this.#close(events);
      this.#open = kind;
      events.push({ type: `${kind}-start` });
    }
    events.push({ type: `${kind}-delta`, text });
  }

  #close(events: StreamEvent[]): void {
    if (this.#open === 'text') events.push({ type: 'text-end' });
    if (this.#open === 'reasoning') {
      events.push({ type: 'reasoning-end', signature: this.#signature, redacted: null });
      this.#signature = null;
    }
    this.#open = 'none';
  }

  #finish(): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    const told = this.#tags?.end();
    if (told !== undefined && told.reasoning !== '') this.#say('reasoning', told.reasoning, events);
    if (told !== undefined && told.text !== '') this.#say('text', told.text, events);
    this.#close(events);
    this.#calls.end(events);
    const finish = toFinish(this.#finishWord ?? 'stop', this.#calls.count > 0);
    if (finish === 'failed') {
      const text = `The endpoint ended the answer with "${(this.#finishWord ?? '').slice(0, 64)}"`;
      return [...events, ...this.#fail({ code: this.#finishWord ?? '', text })];
    }
    this.#isEnded = true;
    const isStopped = finish === 'stop' && this.#stopSequence !== null;
    events.push({
      type: 'finish',
      finish: isStopped ? 'stop-sequence' : finish,
      stopSequence: isStopped ? this.#stopSequence : null,
    });
    events.push({ type: 'end' });
    return events;
  }

  #fail(error: { readonly code: string; readonly text: string }): readonly StreamEvent[] {
    this.#isEnded = true;
    this.#isFailed = true;
    return [{ type: 'error', error }];
  }
}

/** Creates a reader of one chat stream. */
export function createStreamDecoder(options: ChatStreamOptions): StreamDecoder {
  return new ChatDecoder(options);
}
