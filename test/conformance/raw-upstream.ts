import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { listen } from './gateway-harness.ts';

/** An upstream whose bytes the test writes itself. */
export interface RawUpstream {
  readonly url: string;
  /** Bodies as they arrived, in order. */
  readonly bodies: Buffer[];
  readonly headers: IncomingMessage['headers'][];
  /** How many requests were cut by the gateway before their answer ended. */
  aborted(): number;
  close(): Promise<void>;
}

export type RawAnswer = (response: ServerResponse, body: Buffer, count: number) => void;

/** Starts an upstream that hands each request to `answer`. */
export async function startRawUpstream(answer: RawAnswer): Promise<RawUpstream> {
  const bodies: Buffer[] = [];
  const headers: IncomingMessage['headers'][] = [];
  let aborted = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      bodies.push(body);
      headers.push(request.headers);
      response.on('close', () => {
        if (!response.writableFinished) aborted++;
      });
      answer(response, body, bodies.length);
    });
  });
  const url = await listen(server);
  return {
    url,
    bodies,
    headers,
    aborted: () => aborted,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
