import type { Usage } from '../../kernel/index.ts';
import type {
  AnswerIdentity,
  Finish,
  StreamEncoder,
  StreamEvent,
  TranslationState,
} from '../neutral/index.ts';
import { chatFinishWords } from './finish.ts';
import { encodeUsage } from './usage.ts';

class ChatEncoder implements StreamEncoder {
  readonly #state: TranslationState;
  readonly #identity: AnswerIdentity;
  #head = '';
  /** OpenAI writes `usage: null` on every other chunk when usage was asked for. */
  readonly #tail: string;
  readonly fault = null;
  #isStarted = false;
  #place: 'reasoning' | 'content' | 'calls' = 'reasoning';
  #usage: Usage | null = null;
  #finish: Finish = 'stop';

  constructor(state: TranslationState, identity: AnswerIdentity) {
    this.#state = state;
    this.#identity = identity;
    this.#tail = state.wantsStreamUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  push(event: StreamEvent): string {
    switch (event.type) {
      case 'start':
        this.#usage ??= event.usage;
        return this.#start(event.model);
      case 'text-delta':
        return this.#writeText(event.text);
      case 'reasoning-delta':
        // The order of the dialect has no reasoning behind content; the gateway keeps it for the next turn.
        if (this.#place !== 'reasoning') return '';
        return this.#write(`{"reasoning_content":${JSON.stringify(event.text)}}`);
      case 'reasoning-end':
        return this.#writeSignature(event.signature);
      case 'tool-call-start':
        this.#place = 'calls';
        return this.#writeCall(event);
      case 'tool-call-delta':
        return this.#write(
          `{"tool_calls":[{"index":${event.call},"function":{"arguments":${JSON.stringify(event.text)}}}]}`,
        );
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'finish':
        this.#finish = event.finish;
        return '';
      case 'end':
        return this.#end();
      case 'text-start':
      case 'text-end':
      case 'reasoning-start':
      case 'tool-call-end':
      case 'error':
      default:
        return '';
    }
  }

  #start(model: string): string {
    if (this.#isStarted) return '';
    this.#isStarted = true;
    const { answerId, createdSeconds } = this.#identity;
    const id = JSON.stringify(`chatcmpl-${answerId}`);
    const named = JSON.stringify(model === '' ? this.#identity.model : model);
    const created = Math.floor(createdSeconds);
    this.#head = `data: {"id":${id},"object":"chat.completion.chunk","created":${created},"model":${named}`;
    return this.#write('{"role":"assistant","content":""}');
  }

  #write(delta: string, finish = 'null'): string {
    const start = this.#isStarted ? '' : this.#start('');
    const choice = `{"index":0,"delta":${delta},"finish_reason":${finish}}`;
    return `${start}${this.#head},"choices":[${choice}]${this.#tail}`;
  }

  #writeText(text: string): string {
    // White space between calls is formatting of the host; text there is content and is shown.
    if (this.#place === 'calls' && text.trim() === '') return '';
    if (this.#place === 'reasoning') this.#place = 'content';
    return this.#write(`{"content":${JSON.stringify(text)}}`);
  }

  #writeSignature(signature: string | null): string {
    if (signature === null || signature === '' || this.#place !== 'reasoning') return '';
    const detail = `{"type":"reasoning.text","index":0,"signature":${JSON.stringify(signature)}}`;
    return this.#write(`{"reasoning_details":[${detail}]}`);
  }

  #writeCall(event: Extract<StreamEvent, { type: 'tool-call-start' }>): string {
    const id = event.id === '' ? `call_${this.#identity.answerId}_${event.call}` : event.id;
    const name = this.#state.toolNames.get(event.name) ?? event.name;
    const called = `{"name":${JSON.stringify(name)},"arguments":""}`;
    return this.#write(
      `{"tool_calls":[{"index":${event.call},"id":${JSON.stringify(id)},"type":"function","function":${called}}]}`,
    );
  }

  #end(): string {
    const finish = this.#write('{}', JSON.stringify(chatFinishWords[this.#finish]));

    const counted = this.#state.wantsStreamUsage && this.#usage !== null ? encodeUsage(this.#usage) : null;
    const usage =
      counted === null ? '' : `${this.#head},"choices":[],"usage":${JSON.stringify(counted)}}\n\n`;
    return `${finish}${usage}data: [DONE]\n\n`;
  }
}

/** Creates a writer of one chat stream: role first, usage only if it was asked for, then [DONE]. */
export function createStreamEncoder(state: TranslationState, identity: AnswerIdentity): StreamEncoder {
  return new ChatEncoder(state, identity);
}
