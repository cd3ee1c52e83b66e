import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dialect } from '../kernel/index.ts';
import type { Answer, WriteContext } from './answer.ts';
import type { Ask } from './ask.ts';
import { simDialects } from './dialect-table.ts';
import type { EndpointPaths } from './endpoint-paths.ts';
import { createIdMaker } from './id-maker.ts';
import { readBody } from './read-body.ts';
import type { SimFixed, SimOptions } from './types.ts';
import { toAnswerId, toRequestId } from './vendor-headers.ts';
import type { VendorFacts } from './vendors.ts';

/** The two precomputed answers of one dialect. */
interface FixedBytes {
  readonly whole: Buffer;
  readonly stream: Buffer;
  readonly wholeHeaders: readonly string[];
  readonly streamHeaders: readonly string[];
}

/** Answers every POST to a door with precomputed bytes; false when the path is not a door. */
export type FixedAnswer = (request: IncomingMessage, response: ServerResponse) => boolean;

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
  const whole = Buffer.from(writer.writeWhole(facts, { ask: toAsk(dialect, model, false), answer }, context));
  return {
    whole,
    stream: Buffer.from([...frames].map((frame) => frame.text).join('')),
    wholeHeaders: ['content-type', 'application/json', 'content-length', String(whole.length)],
    streamHeaders: ['content-type', 'text/event-stream; charset=utf-8', 'transfer-encoding', 'chunked'],
  };
}

/**
 * Creates the bench's fast path. The body is read but not parsed; the bytes `"stream":true` in it decide.
 * A JSON text cannot hold them outside of a field (its quotes would be escaped), so that only a nested
 * field of that name is mistaken.
 */
export function createFixedAnswer(
  facts: VendorFacts,
  paths: EndpointPaths,
  options: SimOptions & { fixed: SimFixed },
): FixedAnswer {
  const prepared = new Map<Dialect, FixedBytes>();
  for (const { dialect } of paths.doors) {
    const bytes = prepare(facts, dialect, options);
    if (bytes !== null) prepared.set(dialect, bytes);
  }
  return (request, response) => {
    const place = request.method === 'POST' ? paths.find(request.url ?? '') : null;
    const bytes = place?.kind === 'answer' ? prepared.get(place.dialect) : undefined;
    if (bytes === undefined) return false;
    readBody(request, (body) => {
      const isStream = body !== null && (body.includes('"stream":true') || body.includes('"stream": true'));
      response.sendDate = false;
      response.writeHead(200, [...(isStream ? bytes.streamHeaders : bytes.wholeHeaders)]);
      response.end(isStream ? bytes.stream : bytes.whole);
    });
    return true;
  };
}
