import type { Usage } from '../kernel/index.ts';
import type {
  AnswerIdentity,
  EndCause,
  FrameKind,
  StreamDecoder,
  StreamEncoder,
  StreamEvent,
  StreamTap,
  TranslationState,
  WireError,
} from './neutral/index.ts';
import { isCommentOnly, readFrame } from './sse/index.ts';
import { hubs, type KeptTurn } from './translate.ts';

/**
 * Turns the frames of an endpoint's stream into those of the client's dialect. Used in place of the
 * endpoint's tap: it sees each frame once and knows what a tap knows.
 */
export interface StreamTranslator extends StreamTap {
  /** The client's SSE text since the last call; whole frames or nothing. */
  take(): string;
  /**
   * Says that the endpoint's connection has ended: `closed` when `complete` is true, else `cut`. After a cut
   * the caller writes the dialect's error frame behind what `take()` gives; a clean stop is never made up.
   */
  end(cause: EndCause): void;
  /** After the end: reasoning to remember for clients that do not send it back, or null. */
  readonly kept: KeptTurn | null;
  /**
   * After the end: the text of the answer, when its form was only asked for and is to be checked; else ''.
   */
  readonly text: string;
}

const decoder = new TextDecoder();

/** The event's name and data; the two forms that vendors write are cut out without splitting into lines. */
function readParts(text: string): { readonly event: string; readonly data: string | null } {
  if (text.startsWith('event: ') && text.endsWith('\n\n')) {
    const lineEnd = text.indexOf('\n');
    if (text.startsWith('data: ', lineEnd + 1) && text.indexOf('\n', lineEnd + 1) === text.length - 2) {
      return { event: text.slice(7, lineEnd), data: text.slice(lineEnd + 7, -2) };
    }
  }
  return readFrame(text);
}

class Translator implements StreamTranslator {
  usage: Usage | null = null;
  finish: string | null = null;
  reportedModel: string | null = null;
  complete = false;
  error: WireError | null = null;
  contentEvents = 0;
  text = '';
  readonly #decoder: StreamDecoder;
  readonly #encoder: StreamEncoder;
  readonly #answerId: string;
  readonly #keepsText: boolean;
  #output = '';
  #thought = '';
  #signature: string | null = null;
  #callIds: string[] = [];

  constructor(state: TranslationState, identity: AnswerIdentity) {
    this.#decoder = hubs[state.to].createStreamDecoder(state);
    this.#encoder = hubs[state.from].createStreamEncoder(state, identity);
    this.#answerId = identity.answerId;
    this.#keepsText = state.isOutputEmulated;
  }

  get kept(): KeptTurn | null {
    if (this.#callIds.length === 0 || (this.#thought === '' && this.#signature === null)) return null;
    return { callIds: this.#callIds, text: this.#thought, signature: this.#signature };
  }

  see(frame: Uint8Array): FrameKind {
    if (isCommentOnly(frame)) return this.#seeComment();
    const { event, data } = readParts(decoder.decode(frame));
    if (data === null || data.trim() === '') return this.#seeComment();
    const before = this.finish;
    const kind = this.#write(this.#decoder.push(data, event));
    this.finish = this.#decoder.finishWord;
    this.complete = this.error === null && this.#decoder.complete;
    return kind === 'prelude' && this.finish !== before ? 'finish' : kind;
  }

  take(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  end(cause: EndCause): void {
    this.#write(this.#decoder.end(cause));
  }

  #seeComment(): FrameKind {
    this.#output += ': keep-alive\n\n';
    return 'comment';
  }

  #write(events: readonly StreamEvent[]): FrameKind {
    let kind: FrameKind = 'prelude';
    for (const event of events) {
      if (this.error !== null) return 'error';
      this.#note(event);
      kind = toKind(event, kind);
      this.#output += this.#encoder.push(this.#name(event));
      if (this.#encoder.fault !== null) this.error = { code: 'answer_too_large', text: this.#encoder.fault };
    }
    if (kind === 'content') this.contentEvents++;
    return this.error === null ? kind : 'error';
  }

  /** A call without an id gets one, so that its result can name it. */
  #name(event: StreamEvent): StreamEvent {
    if (event.type !== 'tool-call-start') return event;
    const named = event.id === '' ? { ...event, id: `call_${this.#answerId}_${event.call}` } : event;
    this.#callIds.push(named.id);
    return named;
  }

  #note(event: StreamEvent): void {
    switch (event.type) {
      case 'start':
        if (event.model !== '') this.reportedModel = event.model;
        this.usage = event.usage;
        break;
      case 'usage':
        this.usage = event.usage;
        break;
      case 'reasoning-delta':
        this.#thought += event.text;
        break;
      case 'reasoning-end':
        this.#signature ??= event.signature;
        break;
      case 'text-delta':
        if (this.#keepsText) this.text += event.text;
        break;
      case 'error':
        this.error = event.error;
        break;
      case 'text-start':
      case 'text-end':
      case 'reasoning-start':
      case 'tool-call-start':
      case 'tool-call-delta':
      case 'tool-call-end':
      case 'finish':
      case 'end':
      default:
    }
  }
}

function toKind(event: StreamEvent, before: FrameKind): FrameKind {
  switch (event.type) {
    case 'error':
      return 'error';
    case 'end':
      return 'done';
    case 'text-delta':
    case 'reasoning-delta':
    case 'reasoning-end':
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'tool-call-end':
      return 'content';
    case 'finish':
      return before === 'prelude' ? 'finish' : before;
    case 'usage':
      return before === 'prelude' ? 'usage' : before;
    case 'start':
    case 'text-start':
    case 'text-end':
    case 'reasoning-start':
    default:
      return before;
  }
}

/** Creates the translator of one attempt's stream. */
export function createStreamTranslator(state: TranslationState, identity: AnswerIdentity): StreamTranslator {
  return new Translator(state, identity);
}
