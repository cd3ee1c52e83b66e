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

/** Watches Messages events. Delta events are recognised by their event line and never parsed. */
class MessagesTap implements StreamTap {
  usage: Usage | null = null;
  finish: string | null = null;
  reportedModel: string | null = null;
  complete = false;
  error: WireError | null = null;
  contentEvents = 0;

  see(frame: Uint8Array): FrameKind {
    if (isCommentOnly(frame)) return 'comment';
    const text = decoder.decode(frame);
    // A delta that does not end as JSON does was torn by its host: it takes the exact way.
    if (text.startsWith('event: content_block_delta\n') && text.endsWith('}\n\n')) {
      this.contentEvents++;
      return 'content';
    }
    const { event, data } = readFrame(text);
    if (data === null || data.trim() === '') return 'comment';
    // Some hosts copy OpenAI's sentinel; it says nothing here.
    if (data.trim() === '[DONE]') return 'done';
    let body: unknown;
    try {
      body = JSON.parse(data);
    } catch {
      this.error = { code: 'malformed_chunk', text: 'A stream event is not JSON' };
      return 'error';
    }
    if (!isJsonObject(body)) {
      this.error = { code: 'malformed_chunk', text: 'A stream event is not an object' };
      return 'error';
    }
    return this.#seeEvent(typeof body['type'] === 'string' ? body['type'] : event, body);
  }

  #seeEvent(type: string, body: JsonObject): FrameKind {
    switch (type) {
      case 'message_start': {
        const message = isJsonObject(body['message']) ? body['message'] : {};
        if (typeof message['model'] === 'string') this.reportedModel = message['model'].slice(0, 256);
        this.usage = readUsage(message['usage'], this.usage);
        return 'prelude';
      }
      case 'content_block_start':
      case 'content_block_delta':
        this.contentEvents++;
        return 'content';
      case 'content_block_stop':
        return 'content';
      case 'message_delta': {
        const delta = isJsonObject(body['delta']) ? body['delta'] : {};
        if (typeof delta['stop_reason'] === 'string') this.finish = delta['stop_reason'].slice(0, 64);
        this.usage = readUsage(body['usage'], this.usage);
        return 'finish';
      }
      case 'message_stop':
        this.complete = true;
        return 'done';
      case 'ping':
        return 'prelude';
      default: {
        const error =
          type === 'error' ? (readWireError(body) ?? { code: 'error', text: '' }) : readWireError(body);
        if (error === null) return 'prelude';
        this.error = error;
        return 'error';
      }
    }
  }
}

/** A tap on a Messages stream. */
export function createTap(): StreamTap {
  return new MessagesTap();
}

/** What a whole Messages answer says of itself. */
export function readAnswer(body: unknown): {
  usage: Usage | null;
  finish: string | null;
  reportedModel: string | null;
  error: WireError | null;
} {
  const error = readWireError(body);
  if (!isJsonObject(body)) return { usage: null, finish: null, reportedModel: null, error };
  return {
    usage: readUsage(body['usage'], null),
    finish: typeof body['stop_reason'] === 'string' ? body['stop_reason'].slice(0, 64) : null,
    reportedModel: typeof body['model'] === 'string' ? body['model'].slice(0, 256) : null,
    error,
  };
}
