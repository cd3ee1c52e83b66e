import {
  type EndCause,
  isJsonObject,
  type JsonObject,
  parseJson,
  readWireError,
  type StreamDecoder,
  type StreamEvent,
  toObject,
  toText,
} from '../neutral/index.ts';
import type { Usage } from '../../kernel/index.ts';
import { toFinish } from './finish.ts';
import { readUsage } from './usage.ts';

/** Limit: blocks that are followed at once; calls in one answer are a handful. */
const callsMax = 512;

interface OpenCall {
  readonly call: number;
  /** The whole input, as some hosts write it at the start; told at the end when no piece has come. */
  readonly input: string;
  hasPieces: boolean;
}

/**
 * Reads a Messages stream. What a delta is decides, not what its block said it would be: some hosts write
 * thinking into a text block, or start the message twice.
 */
class MessagesDecoder implements StreamDecoder {
  readonly #calls = new Map<unknown, OpenCall>();
  #callCount = 0;
  #isStarted = false;
  #open: 'none' | 'text' | 'reasoning' = 'none';
  #signature: string | null = null;
  #usage: Usage | null = null;
  #finishWord: string | null = null;
  #stopSequence: string | null = null;
  #isEnded = false;
  #isFailed = false;

  get finishWord(): string | null {
    return this.#finishWord;
  }

  get complete(): boolean {
    return this.#isEnded && !this.#isFailed;
  }

  push(data: string, event: string): readonly StreamEvent[] {
    if (this.#isEnded || (data.length < 16 && data.trim() === '[DONE]')) return [];
    const body = parseJson(data);
    if (!isJsonObject(body)) {
      return this.#fail({ code: 'malformed_chunk', text: 'A stream event is not a JSON object' });
    }
    const events: StreamEvent[] = [];
    const type = typeof body['type'] === 'string' ? body['type'] : event;
    switch (type) {
      case 'message_start':
        this.#start(toObject(body['message']), events);
        break;
      case 'content_block_start':
        this.#startBlock(body['index'], toObject(body['content_block']), events);
        break;
      case 'content_block_delta':
        this.#readDelta(body['index'], toObject(body['delta']), events);
        break;
      case 'content_block_stop':
        this.#stopBlock(body['index'], events);
        break;
      case 'message_delta':
        this.#readEnding(body, events);
        break;
      case 'message_stop':
        return this.#finish();
      default: {
        const error = readWireError(body) ?? (type === 'error' ? { code: 'error', text: '' } : null);
        if (error !== null) return this.#fail(error);
      }
    }
    return events;
  }

  end(cause: EndCause): readonly StreamEvent[] {
    return cause === 'closed' && this.#finishWord !== null && !this.#isEnded ? this.#finish() : [];
  }

  #start(message: JsonObject, events: StreamEvent[]): void {
    this.#usage = readUsage(message['usage'], this.#usage);
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { id, model } = message;
    events.push({
      type: 'start',
      id: toText(id).slice(0, 256),
      model: toText(model).slice(0, 256),
      usage: this.#usage,
    });
  }

  #startBlock(index: unknown, block: JsonObject, events: StreamEvent[]): void {
    switch (block['type']) {
      case 'text':
        if (toText(block['text']) !== '') this.#say('text', toText(block['text']), events);
        break;
      case 'thinking':
        this.#openKind('reasoning', events);
        if (toText(block['thinking']) !== '') this.#say('reasoning', toText(block['thinking']), events);
        break;
      case 'redacted_thinking':
        this.#close(events);
        events.push({ type: 'reasoning-start' });
        events.push({ type: 'reasoning-end', signature: null, redacted: toText(block['data']) });
        break;
      case 'tool_use': {
        this.#close(events);
        if (this.#callCount >= callsMax) {
          events.push(...this.#fail({ code: 'malformed_chunk', text: `More than ${callsMax} tool calls` }));
          return;
        }
        const { input } = block;
        const isGiven = isJsonObject(input) && Object.keys(input).length > 0;
        const call = this.#callCount++;
        this.#calls.set(index, { call, input: isGiven ? JSON.stringify(input) : '{}', hasPieces: false });
        events.push({ type: 'tool-call-start', call, id: toText(block['id']), name: toText(block['name']) });
        break;
      }
      default:
    }
  }

  #readDelta(index: unknown, delta: JsonObject, events: StreamEvent[]): void {
    switch (delta['type']) {
      case 'text_delta':
        if (toText(delta['text']) !== '') this.#say('text', toText(delta['text']), events);
        break;
      case 'thinking_delta':
        if (toText(delta['thinking']) !== '') this.#say('reasoning', toText(delta['thinking']), events);
        break;
      case 'signature_delta':
        this.#signature = (this.#signature ?? '') + toText(delta['signature']);
        break;
      case 'input_json_delta': {
        const open = this.#calls.get(index);
        const text = toText(delta['partial_json']);
        if (open === undefined || text === '') return;
        open.hasPieces = true;
        events.push({ type: 'tool-call-delta', call: open.call, text });
        break;
      }
      default:
    }
  }

  #stopBlock(index: unknown, events: StreamEvent[]): void {
    const open = this.#calls.get(index);
    if (open === undefined) this.#close(events);
    else this.#endCall(index, open, events);
  }

  #endCall(index: unknown, open: OpenCall, events: StreamEvent[]): void {
    this.#calls.delete(index);
    if (!open.hasPieces) events.push({ type: 'tool-call-delta', call: open.call, text: open.input });
    events.push({ type: 'tool-call-end', call: open.call });
  }

  #readEnding(body: JsonObject, events: StreamEvent[]): void {
    const delta = toObject(body['delta']);
    if (typeof delta['stop_reason'] === 'string') this.#finishWord = delta['stop_reason'].slice(0, 64);
    if (typeof delta['stop_sequence'] === 'string') this.#stopSequence = delta['stop_sequence'];
    this.#usage = readUsage(body['usage'], this.#usage);
    if (this.#usage !== null) events.push({ type: 'usage', usage: this.#usage });
  }

  #openKind(kind: 'text' | 'reasoning', events: StreamEvent[]): void {
    if (this.#open === kind) return;
    this.#close(events);
    this.#open = kind;
    events.push({ type: `${kind}-start` });
  }

  #say(kind: 'text' | 'reasoning', text: string, events: StreamEvent[]): void {
    this.#openKind(kind, events);
    events.push({ type: `${kind}-delta`, text });
  }

  #close(events: StreamEvent[]): void {
    if (this.#open === 'text') events.push({ type: 'text-end' });
    if (this.#open === 'reasoning') {
      events.push({ type: 'reasoning-end', signature: this.#signature, redacted: null });
    }
    this.#signature = null;
    this.#open = 'none';
  }

  #finish(): readonly StreamEvent[] {
    const events: StreamEvent[] = [];
    this.#close(events);
    for (const [index, open] of this.#calls) this.#endCall(index, open, events);
    this.#isEnded = true;
    const finish = toFinish(this.#finishWord ?? 'end_turn', this.#callCount > 0);
    events.push({ type: 'finish', finish, stopSequence: this.#stopSequence });
    events.push({ type: 'end' });
    return events;
  }

  #fail(error: { readonly code: string; readonly text: string }): readonly StreamEvent[] {
    this.#isEnded = true;
    this.#isFailed = true;
    return [{ type: 'error', error }];
  }
}

/** Creates a reader of one Messages stream. */
export function createStreamDecoder(): StreamDecoder {
  return new MessagesDecoder();
}
