import type { Dialect } from '../kernel/index.ts';
import type { Answer, WriteContext } from './answer.ts';
import type { Ask } from './ask.ts';
import { simDialects } from './dialect-table.ts';
import type { EndpointPaths } from './endpoint-paths.ts';
import type { FixedResponder } from './fixed-server.ts';
import { createIdMaker } from './id-maker.ts';
import type { SimFixed, SimOptions } from './types.ts';
import { toAnswerId, toRequestId } from './vendor-headers.ts';
import type { VendorFacts } from './vendors.ts';
import { toModelList } from './write-models.ts';

/** The two precomputed responses of one dialect, heads included. */
interface FixedBytes {
  readonly whole: Buffer;
  readonly stream: Buffer;
}

function toPieces({ fixedAnswerBytes, events }: SimFixed): string[] {
  const size = Math.floor(fixedAnswerBytes / events);
  const rest = fixedAnswerBytes - size * events;
  return Array.from({ length: events }, (_, index) => 'x'.repeat(index === 0 ? size + rest : size));
}

function toAsk(dialect: Dialect, model: string, stream: boolean): Ask {
  return {
    dialect,
    raw: { stream_options: { include_usage: true, include_obfuscation: false } },
    model,
    stream,
    prompt: [],
    cacheScope: '',
    lastUserText: '',
    toolResults: [],
    imageCount: 0,
    tools: [],
    toolChoice: 'none',
    parallelTools: false,
    maxTokens: null,
    stops: [],
    jsonSchema: undefined,
    thinking: false,
    hiddenThinking: false,
    choices: 1,
  };
}

function prepare(
  facts: VendorFacts,
  dialect: Dialect,
  options: SimOptions & { fixed: SimFixed },
): FixedBytes | null {
  const writer = simDialects[dialect];
  if (writer === undefined) return null;
  const ids = createIdMaker(options.seed);
  const textPieces = toPieces(options.fixed);
  const answer: Answer = {
    choices: [{ reasoningPieces: [], textPieces, calls: [], finish: 'stop', stopSequence: null }],
    hiddenTokens: 0,
  };
  const context: WriteContext = {
    answerId: toAnswerId(facts.vendor, dialect, ids),
    requestId: toRequestId(facts.vendor, ids),
    createdSeconds: Math.floor(options.clock.now() / 1000),
    usage: {
      inputTokens: 500,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: options.fixed.events,
      reasoningTokens: 0,
    },
    ids,
    signatureSeed: options.seed,
  };
  const model = (options.models ?? facts.models)[0] ?? '';
  const frames = writer.writeStream(facts, { ask: toAsk(dialect, model, true), answer }, context);
  const streamed = Buffer.from([...frames].map((frame) => frame.text).join(''));
  const whole = writer.writeWhole(facts, { ask: toAsk(dialect, model, false), answer }, context);
  return { whole: toResponse('application/json', whole), stream: toChunkedResponse(streamed) };
}

function toResponse(type: string, body: string, status = '200 OK'): Buffer {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** The whole stream as one chunk: where packets are cut is the network's business. */
function toChunkedResponse(body: Buffer): Buffer {
  const head =
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n' +
    `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`;
  return Buffer.concat([Buffer.from(head), body, Buffer.from('\r\n0\r\n\r\n')]);
}

/**
 * Creates the bench's fast path. The body is not parsed; the bytes `"stream":true` in it decide. A JSON text
 * cannot hold them outside of a field (its quotes would be escaped), so that only a nested field of that
 * name is mistaken. GET on the model list works as usual, everything else is a bare 404.
 */
export function createFixedResponder(
  facts: VendorFacts,
  paths: EndpointPaths,
  options: SimOptions & { fixed: SimFixed },
): FixedResponder {
  const models = options.models ?? facts.models;
  const prepared = new Map<string, FixedBytes>();
  for (const door of paths.doors) {
    const bytes = prepare(facts, door.dialect, options);
    if (bytes !== null) for (const path of door.paths) prepared.set(path, bytes);
  }
  const lost = toResponse('application/json', '{"error":{"message":"Not found"}}', '404 Not Found');
  return ({ method, path, body }) => {
    const bytes = prepared.get(path.split('?', 1)[0] ?? '');
    if (method === 'POST' && bytes !== undefined) {
      const isStream = body.includes('"stream":true') || body.includes('"stream": true');
      return isStream ? bytes.stream : bytes.whole;
    }
    const place = method === 'GET' ? paths.find(path) : null;
    if (place?.kind !== 'models') return lost;
    const isMessages = place.dialect === 'anthropic-messages';
    return toResponse('application/json', JSON.stringify(toModelList(facts.vendor, models, isMessages)));
  };
}
