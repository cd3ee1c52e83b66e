import type { ServerResponse } from 'node:http';

import type { AnswerSink, SinkListener } from './call.ts';

/** The client's side over HTTP. */
export class HttpSink implements AnswerSink {
  readonly #response: ServerResponse;
  readonly #closing: () => boolean;
  listener: SinkListener | null = null;

  /** `closing` is true while the process drains: then the connection is not kept for another call. */
  constructor(response: ServerResponse, closing: () => boolean) {
    this.#response = response;
    this.#closing = closing;
    response.on('close', () => {
      if (!response.writableFinished) this.listener?.onGone();
    });
    response.on('drain', () => this.listener?.onDrain());
  }

  get gone(): boolean {
    return this.#response.destroyed || this.#response.closed;
  }

  start(status: number, headers: readonly string[]): void {
    const all = this.#closing() ? [...headers, 'connection', 'close'] : headers;
    this.#response.writeHead(status, all as string[]);
    // A stream's status must not wait for its first event.
    if (!all.includes('content-length')) this.#response.flushHeaders();
  }

  write(bytes: Uint8Array | string): boolean {
    return this.#response.write(bytes);
  }

  end(bytes: Uint8Array | null): void {
    if (bytes === null) this.#response.end();
    else this.#response.end(bytes);
  }

  destroy(): void {
    this.#response.destroy();
  }
}
