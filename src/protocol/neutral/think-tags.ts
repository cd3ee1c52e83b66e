const open = '<think>';
const close = '</think>';

/** A piece of an answer's text, told apart into thought and speech. */
export interface TaggedText {
  readonly reasoning: string;
  readonly text: string;
}

/** Tells `<think>…</think>` at the start of an answer from the answer itself, wherever the stream is cut. */
export interface ThinkTags {
  push(text: string): TaggedText;
  /** What is still held because it might have been the start of a tag. */
  end(): TaggedText;
}

/** Length of the longest end of `text` that begins `tag`. */
function findTagStart(text: string, tag: string): number {
  for (let length = Math.min(text.length, tag.length - 1); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}

class Tags implements ThinkTags {
  #held = '';
  #place: 'start' | 'inside' | 'after' | 'outside' = 'start';

  push(text: string): TaggedText {
    if (this.#place === 'outside') return { reasoning: '', text };
    this.#held += text;
    if (this.#place === 'start') this.#enter();
    if (this.#place === 'inside') return this.#pushInside();
    if (this.#place === 'start') return { reasoning: '', text: '' };
    return this.#release();
  }

  end(): TaggedText {
    const held = this.#held;
    this.#held = '';
    return this.#place === 'inside' ? { reasoning: held, text: '' } : { reasoning: '', text: held };
  }

  #enter(): void {
    const trimmed = this.#held.trimStart();
    if (trimmed.startsWith(open)) {
      this.#place = 'inside';
      this.#held = trimmed.slice(open.length);
    } else if (!open.startsWith(trimmed)) this.#place = 'outside';
  }

  #pushInside(): TaggedText {
    const at = this.#held.indexOf(close);
    if (at === -1) {
      const kept = findTagStart(this.#held, close);
      const reasoning = this.#held.slice(0, this.#held.length - kept);
      this.#held = kept === 0 ? '' : this.#held.slice(-kept);
      return { reasoning, text: '' };
    }
    const reasoning = this.#held.slice(0, at);
    this.#held = this.#held.slice(at + close.length);
    this.#place = 'after';
    return { reasoning, text: this.#release().text };
  }

  /** Line breaks between the thought and the answer belong to neither. */
  #release(): TaggedText {
    const text = this.#place === 'after' ? this.#held.trimStart() : this.#held;
    this.#held = '';
    if (text !== '') this.#place = 'outside';
    return { reasoning: '', text };
  }
}

/** Creates a reader of one answer's text. */
export function createThinkTags(): ThinkTags {
  return new Tags();
}
