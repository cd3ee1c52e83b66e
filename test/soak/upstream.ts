// A cheap upstream that answers by what stands in the request, so that clients choose what happens to them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request can ask for with the word in its prompt. */
export const wishes = {
  /** A normal answer. */
  plain: 'say-plain',
  /** An answer or a stream that does not end by itself. */
  endless: 'say-endless',
  /** The first endpoint fails, so that another offer has to take over. */
  failing: 'say-failing',
} as const;

const events = 12;
/** Every nth answer ends its connection right after the last byte, as engines do that do not keep connections. */
const closeEvery = 97;

export interface SoakUpstream {
  readonly url: string;
  /** Requests whose answer has not ended. */
  open(): number;
  connections(): Promise<number>;
  /** Closes all connections; the next request opens a new one. */
  cutAll(): void;
  close(): Promise<void>;
}

function toChunk(delta: object, finish: string | null, usage: object | null): string {
  const choices = usage === null ? [{ index: 0, delta, finish_reason: finish }] : [];
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
  return `data: ${JSON.stringify(usage === null ? chunk : { ...chunk, usage })}\n\n`;
}

const usage = { prompt_tokens: 40, completion_tokens: events, total_tokens: 40 + events };
const word = toChunk({ content: ' a word of the answer' }, null, null);
const wordBytes = Buffer.from(word);
const streamBytes = Buffer.from(
  [
    toChunk({ role: 'assistant', content: '' }, null, null),
    ...Array.from({ length: events }, () => word),
    toChunk({}, 'stop', null),
    toChunk({}, null, usage),
    'data: [DONE]\n\n',
  ].join(''),
);
const wholeBytes = Buffer.from(
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'a word '.repeat(60) }, finish_reason: 'stop' },
    ],
    usage,
  }),
);
const errorBytes = Buffer.from('{"error":{"message":"made up","type":"server_error","code":null}}');
const beatMs = 5;

/** Sends words until the other side leaves. */
function talkOn(response: ServerResponse): void {
  const timer = setInterval(() => response.write(wordBytes), beatMs);
  response.once('close', () => clearInterval(timer));
}

/** Starts it on a free port of loopback. Paths that begin with /bad fail when they are asked to. */
export async function startUpstream(): Promise<SoakUpstream> {
  let open = 0;
  let answered = 0;
  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    open++;
    response.once('close', () => open--);
    if (body.includes(wishes.failing) && request.url?.startsWith('/bad') === true) {
      response.writeHead(500, { 'content-type': 'application/json' }).end(errorBytes);
      return;
    }
    const isStream = body.includes('"stream":true');
    const isEndless = body.includes(wishes.endless);
    const type = isStream ? 'text/event-stream' : 'application/json';
    if (isStream || !isEndless) response.writeHead(200, { 'content-type': type });
    // An endless whole answer is one that never begins.
    if (isEndless) {
      if (isStream) talkOn(response);
      return;
    }
    answered++;
    const { socket } = request;
    if (answered % closeEvery === 0) response.once('finish', () => setImmediate(() => socket.destroy()));
    response.end(isStream ? streamBytes : wholeBytes);
  }
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 4_096, resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => open,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      }),
    cutAll: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
