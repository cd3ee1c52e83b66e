import type { Usage } from '../../kernel/index.ts';
import {
  type AnswerIdentity,
  createJsonProgress,
  type Finish,
  type JsonProgress,
  type StreamEncoder,
  type StreamEvent,
  type TranslationState,
  toWordId,
} from '../neutral/index.ts';
import { messagesFinishWords } from './finish.ts';
import { encodeUsage } from './usage.ts';

/**
 * Limit: characters that wait for the block before them; an answer is refused at the same size when whole.
 */
const waitingCharsMax = 32 * 1024 * 1024;

interface Block {
  readonly kind: 'text' | 'reasoning' | 'call';
  readonly call: number;
  /** The `content_block` of its start. */
  readonly start: string;
  readonly progress: JsonProgress | null;
  /** Pieces that came while another block was open. */
  waiting: string[];
  isEnded: boolean;
  /** The text of a thought, for its seal. */
  thought: string;
  signature: string;
}

function toEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/**
 * Writes a Messages stream. One block is open at a time: what begins while the arguments of a call are
 * incomplete waits for them, because Chat interleaves parallel calls and says nowhere that one is complete.
 */
class MessagesEncoder implements StreamEncoder {
  readonly #state: TranslationState;
  readonly #identity: AnswerIdentity;
  #isStarted = false;
  #index = 0;
  #open: Block | null = null;
  #queue: Block[] = [];
  #waitingChars = 0;
  #usage: Usage | null = null;
  #deltas = 0;
  #finish: Finish = 'stop';
  #stopSequence: string | null = null;

  constructor(state: TranslationState, identity: AnswerIdentity) {
    this.#state = state;
    this.#identity = identity;
  }

  get fault(): string | null {
    if (this.#waitingChars <= waitingCharsMax) return null;
    return `Parallel tool calls hold back more than ${waitingCharsMax} characters`;
  }

  push(event: StreamEvent): string {
    if (event.type === 'start') return this.#start(event.model, event.usage);
    const start = this.#isStarted || event.type === 'error' ? '' : this.#start('', null);
    return start + this.#pushStarted(event);
  }

  #pushStarted(event: StreamEvent): string {
    switch (event.type) {
      case 'text-start':
        return this.#begin(toBlock('text', '{"type":"text","text":""}'));
      case 'reasoning-start':
        return this.#begin(toBlock('reasoning', '{"type":"thinking","thinking":"","signature":""}'));
      case 'tool-call-start':
        return this.#begin(toBlock('call', this.#toCallStart(event), event.call));
      case 'text-delta':
        return this.#add('text', -1, event.text);
      case 'reasoning-delta':
        return this.#add('reasoning', -1, event.text);
      case 'tool-call-delta':
        return this.#add('call', event.call, event.text);
      case 'text-end':
        return this.#endBlock('text', -1);
      case 'reasoning-end':
        return this.#endThought(event);
      case 'tool-call-end':
        return this.#endBlock('call', event.call);
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        this.#finish = event.finish;
        this.#stopSequence = event.stopSequence;
        return '';
      case 'end':
        return this.#end();
      case 'start':
      case 'error':
      default:
        return '';
    }
  }

  #start(model: string, usage: Usage | null): string {
    if (this.#isStarted) return '';
    this.#isStarted = true;
    this.#usage = usage;
    const { estimatedInputTokens } = this.#state;
    const message = {
      id: toMessageId(this.#identity.answerId),
      type: 'message',
      role: 'assistant',
      model: model === '' ? this.#identity.model : model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(usage ?? { ...noUsage, inputTokens: estimatedInputTokens, outputTokens: 1 }),
    };
    return toEvent('message_start', JSON.stringify({ type: 'message_start', message }));
  }

  #toCallStart(event: Extract<StreamEvent, { type: 'tool-call-start' }>): string {
    const id = toWordId(event.id === '' ? `toolu_${this.#identity.answerId}_${event.call}` : event.id);
    const name = this.#state.toolNames.get(event.name) ?? event.name;
    return JSON.stringify({ type: 'tool_use', id, name, input: {} });
  }

  #begin(block: Block): string {
    const { progress } = this.#open ?? { progress: null };
    const mayClose = this.#open === null || progress?.complete === true;
    if (!mayClose || this.#queue.length > 0) {
      this.#queue.push(block);
      return this.#advance();
    }
    return this.#close() + this.#show(block);
  }

  #show(block: Block): string {
    this.#open = block;
    const start = `{"type":"content_block_start","index":${this.#index},"content_block":${block.start}}`;
    let text = toEvent('content_block_start', start);
    for (const piece of block.waiting) {
      this.#waitingChars -= piece.length;
      text += this.#write(block, piece);
    }
    block.waiting = [];
    return text;
  }

  #add(kind: Block['kind'], call: number, piece: string): string {
    this.#deltas++;
    const block = this.#find(kind, call);
    // A piece of a call that was complete: its host wrote past the end of the arguments.
    if (block === null) return '';
    if (block.kind === 'reasoning') block.thought += piece;
    if (block !== this.#open) {
      this.#waitingChars += piece.length;
      if (this.#waitingChars <= waitingCharsMax) block.waiting.push(piece);
      return '';
    }
    const text = this.#write(block, piece);
    return this.#queue.length > 0 && block.progress?.complete === true ? text + this.#advance() : text;
  }

  #find(kind: Block['kind'], call: number): Block | null {
    const open = this.#open;
    if (open !== null && open.kind === kind && open.call === call && !open.isEnded) return open;
    return this.#queue.find((block) => block.kind === kind && block.call === call && !block.isEnded) ?? null;
  }

  #write(block: Block, piece: string): string {
    const index = this.#index;
    const text = JSON.stringify(piece);
    if (block.kind === 'text') {
      return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${text}}}\n\n`;
    }
    if (block.kind === 'call') {
      block.progress?.push(piece);
      return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"input_json_delta","partial_json":${text}}}\n\n`;
    }
    if (this.#state.hidesReasoning && this.#state.ports.seal !== undefined) return '';
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"thinking_delta","thinking":${text}}}\n\n`;
  }

  #endThought(event: Extract<StreamEvent, { type: 'reasoning-end' }>): string {
    const block = this.#find('reasoning', -1);
    if (block === null) return '';
    block.signature = event.signature ?? this.#state.ports.seal?.(block.thought) ?? '';
    return this.#endBlock('reasoning', -1);
  }

  #endBlock(kind: Block['kind'], call: number): string {
    const block = this.#find(kind, call);
    if (block === null) return '';
    block.isEnded = true;
    return block === this.#open ? this.#close() + this.#advance() : '';
  }

  /** Goes on to the blocks that wait, as far as each before them is complete. */
  #advance(): string {
    let text = '';
    while (this.#queue.length > 0) {
      const open = this.#open;
      if (open !== null && !open.isEnded && open.progress?.complete !== true) break;
      text += this.#close();
      const next = this.#queue.shift();
      if (next !== undefined) text += this.#show(next);
    }
    const last = this.#open;
    return last?.isEnded === true ? text + this.#close() : text;
  }

  #close(): string {
    const block = this.#open;
    if (block === null) return '';
    this.#open = null;
    const index = this.#index++;
    const stop = toEvent('content_block_stop', `{"type":"content_block_stop","index":${index}}`);
    if (block.kind !== 'reasoning') return stop;
    const delta = `{"type":"signature_delta","signature":${JSON.stringify(block.signature)}}`;
    const data = `{"type":"content_block_delta","index":${index},"delta":${delta}}`;
    return toEvent('content_block_delta', data) + stop;
  }

  #end(): string {
    if (this.#open !== null) this.#open.isEnded = true;
    for (const block of this.#queue) block.isEnded = true;
    const blocks = this.#advance() + this.#close();
    const { estimatedInputTokens } = this.#state;
    const estimate = { ...noUsage, inputTokens: estimatedInputTokens, outputTokens: this.#deltas };
    const ending = {
      type: 'message_delta',
      delta: { stop_reason: messagesFinishWords[this.#finish], stop_sequence: this.#stopSequence },
      usage: encodeUsage(this.#usage ?? estimate),
    };
    const stop = toEvent('message_stop', '{"type":"message_stop"}');
    return blocks + toEvent('message_delta', JSON.stringify(ending)) + stop;
  }
}

const noUsage: Usage = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

function toBlock(kind: Block['kind'], start: string, call = -1): Block {
  const progress = kind === 'call' ? createJsonProgress() : null;
  return { kind, call, start, progress, waiting: [], isEnded: false, thought: '', signature: '' };
}

/** The id of a message, in Anthropic's form. */
export function toMessageId(answerId: string): string {
  return toWordId(`msg_${answerId}`);
}

/** Creates a writer of one Messages stream. */
export function createStreamEncoder(state: TranslationState, identity: AnswerIdentity): StreamEncoder {
  return new MessagesEncoder(state, identity);
}
