import { isJsonObject, type JsonObject, type StreamEvent, toObject, toText } from '../neutral/index.ts';

/** Limit: calls in one answer; models make a handful, and each costs memory until the end. */
const callsMax = 512;
/** Limit: characters of arguments held for a call whose name has not come yet. */
const heldCharsMax = 1024 * 1024;

interface TrackedCall {
  readonly index: number | null;
  id: string;
  name: string;
  /** Its start has been told; before, its name is still awaited. */
  isStarted: boolean;
  held: string;
}

/**
 * Tells the calls of a chat stream apart. OpenAI writes an index on every piece and id and name on the first;
 * others leave the index out, give every call index 0, repeat id and name on each piece, or write an object
 * where text should be.
 */
export class CallTracker {
  readonly #calls: TrackedCall[] = [];

  /** Calls that have been told of. */
  get count(): number {
    return this.#calls.filter((call) => call.isStarted).length;
  }

  /** Reads the `tool_calls` of one chunk; a sentence when they cannot be read. */
  read(pieces: readonly unknown[], events: StreamEvent[]): string | null {
    for (const piece of pieces) {
      if (!isJsonObject(piece)) continue;
      const fault = this.#readPiece(piece, events);
      if (fault !== null) return fault;
    }
    return null;
  }

  /** Ends all calls. One that never got a name or an argument was no call. */
  end(events: StreamEvent[]): void {
    for (const [call, tracked] of this.#calls.entries()) {
      if (!tracked.isStarted) {
        if (tracked.held.trim() === '') continue;
        tracked.name = 'unknown_tool';
        this.#start(call, tracked, events);
      }
      events.push({ type: 'tool-call-end', call });
    }
  }

  #readPiece(piece: JsonObject, events: StreamEvent[]): string | null {
    const called = toObject(piece['function']);
    const id = toText(piece['id']);
    const name = toText(called['name']);
    const given = called['arguments'];
    const text = isJsonObject(given) ? JSON.stringify(given) : toText(given);
    const index = typeof piece['index'] === 'number' ? piece['index'] : null;
    let call = this.#find(index, id, name);
    if (call === -1) {
      if (this.#calls.length >= callsMax) return `More than ${callsMax} tool calls in one answer`;
      if (id === '' && name === '' && text === '') return null;
      call = this.#calls.push({ index, id, name: '', isStarted: false, held: '' }) - 1;
    }
    const tracked = this.#calls[call];
    if (tracked === undefined) return null;
    if (tracked.id === '') tracked.id = id;
    if (tracked.name === '') tracked.name = name;
    if (tracked.isStarted) {
      if (text !== '') events.push({ type: 'tool-call-delta', call, text });
      return null;
    }
    if (tracked.held.length + text.length > heldCharsMax && tracked.name === '') {
      return 'Arguments of a tool call without a name';
    }
    tracked.held += text;
    if (tracked.name !== '') this.#start(call, tracked, events);
    return null;
  }

  #start(call: number, tracked: TrackedCall, events: StreamEvent[]): void {
    tracked.isStarted = true;
    events.push({ type: 'tool-call-start', call, id: tracked.id, name: tracked.name });
    if (tracked.held !== '') events.push({ type: 'tool-call-delta', call, text: tracked.held });
    tracked.held = '';
  }

  /** The call that a piece belongs to, or -1 for a new one. */
  #find(index: number | null, id: string, name: string): number {
    const calls = this.#calls;
    if (index !== null) {
      const found = calls.findLastIndex((call) => call.index === index);
      const known = calls[found];
      // The same index with another id and a name is another call: the host numbers all of them 0.
      if (known !== undefined && id !== '' && name !== '' && known.id !== '' && known.id !== id) return -1;
      return found;
    }
    if (id !== '') return calls.findIndex((call) => call.id === id);
    const last = calls.length - 1;
    return name !== '' && calls[last]?.isStarted === true ? -1 : last;
  }
}
