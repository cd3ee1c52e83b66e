import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Dialect } from '../kernel/index.ts';
import type { Answer, AnswerUsage, IdMaker } from './answer.ts';
import { toStreamSteps, toWholeSteps } from './apply-fault.ts';
import type { Ask } from './ask.ts';
import type { SimDialect } from './dialect.ts';
import { simDialects } from './dialect-table.ts';
import type { EndpointPaths, Place } from './endpoint-paths.ts';
import { type ActiveFault, type FaultScript, toActiveFault } from './faults.ts';
import { createIdMaker } from './id-maker.ts';
import { isObject, type JsonObject } from './json.ts';
import { parseFault } from './parse-fault.ts';
import { planAnswer } from './plan-answer.ts';
import { countPrompt, type PrefixCache } from './prefix-cache.ts';
import type { Problem, ProblemKind } from './problem.ts';
import { readBody } from './read-body.ts';
import type { RequestLog } from './request-log.ts';
import { createExchange, type Reply, sendReply } from './send-reply.ts';
import type { Tally } from './tally.ts';
import { countTokens } from './tokens.ts';
import type { SimOptions } from './types.ts';
import { toAnswerId, toCallId, toRequestId, toVendorHeaders } from './vendor-headers.ts';
import type { VendorFacts } from './vendors.ts';
import { toModelList } from './write-models.ts';
import { writeProblem } from './write-problem.ts';

/** What all requests of one sim share. */
export interface SimState {
  readonly options: SimOptions;
  readonly facts: VendorFacts;
  readonly paths: EndpointPaths;
  readonly models: readonly string[];
  script: FaultScript | null;
  readonly cache: PrefixCache;
  readonly log: RequestLog;
  readonly tally: Tally;
  /** Connections that have served a request. */
  readonly sockets: WeakSet<Socket>;
  /** Requests so far; with the seed it makes the ids. */
  calls: number;
}

/** One request on its way through the sim. */
interface Visit {
  readonly state: SimState;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly ids: IdMaker;
  readonly requestId: string;
  readonly isReused: boolean;
  readonly body: Uint8Array;
}

/** Answers one request; never throws for anything that a client can send. */
export function answerRequest(state: SimState, request: IncomingMessage, response: ServerResponse): void {
  state.tally.countRequest();
  state.calls += 1;
  const isReused = state.sockets.has(request.socket);
  state.sockets.add(request.socket);
  const ids = createIdMaker(Math.imul(state.options.seed, 0x9e3779b1) + state.calls);
  const requestId = toRequestId(state.options.vendor, ids);
  readBody(request, (body) => {
    const visit: Visit = {
      state,
      request,
      response,
      ids,
      requestId,
      isReused,
      body: body ?? new Uint8Array(),
    };
    const { reply, fault } = body === null ? refuseTooLarge(visit) : decide(visit);
    const { method = 'GET', url = '/', rawHeaders } = request;
    state.log.add({ method, url, rawHeaders, body: visit.body, fault: fault?.name ?? null });
    if (reply === null) {
      request.socket.resetAndDestroy();
      return;
    }
    state.tally.countStatus(reply.status);
    const exchange = createExchange(response, state.options.clock, () => state.tally.countAbandoned());
    const delayMs = fault?.name === 'slow-first-byte' ? fault.delayMs : 0;
    const ready = delayMs > 0 ? exchange.wait(delayMs) : Promise.resolve();
    void ready.then(() => (exchange.isClosed() ? undefined : sendReply(exchange, reply)));
  });
}

interface Decision {
  /** Null: reset the connection. */
  readonly reply: Reply | null;
  readonly fault: ActiveFault | null;
}

function toPath(visit: Visit): string {
  return (visit.request.url ?? '/').split('?', 1)[0] ?? '/';
}

function toHeaders(visit: Visit): Record<string, string> {
  const { state } = visit;
  const context = { nowMs: state.options.clock.now(), requests: state.calls };
  return toVendorHeaders(state.options.vendor, visit.requestId, context);
}

function replyJson(visit: Visit, status: number, body: object): Reply {
  const { steps, length } = toWholeSteps(JSON.stringify(body), null, 0);
  const headers = { ...toHeaders(visit), 'content-type': 'application/json', 'content-length': length ?? 0 };
  return { status, headers, steps };
}

function replyProblem(visit: Visit, dialect: Dialect, problem: Problem): Reply {
  const { requestId } = visit;
  const { status, body } = writeProblem(visit.state.options.vendor, problem, { dialect, requestId });
  return replyJson(visit, status, body);
}

function firstDialect(visit: Visit): Dialect {
  const place = visit.state.paths.find(toPath(visit));
  return place?.dialect ?? visit.state.paths.doors[0]?.dialect ?? 'openai-chat';
}

function refuseTooLarge(visit: Visit): Decision {
  return { reply: replyProblem(visit, firstDialect(visit), { kind: 'too-large' }), fault: null };
}

function decide(visit: Visit): Decision {
  const { state, request } = visit;
  const place = state.paths.find(toPath(visit));
  const method = request.method ?? 'GET';
  const what = `${method} ${toPath(visit)}`;
  const refuse = (problem: Problem): Decision => ({
    reply: replyProblem(visit, firstDialect(visit), problem),
    fault: null,
  });
  if (place === null) return refuse({ kind: 'path-unknown', model: what });
  const expected = place.kind === 'models' ? 'GET' : 'POST';
  if (method !== expected) return refuse({ kind: 'method-wrong', model: what });
  const keyProblem = checkKey(visit);
  if (keyProblem !== null) return refuse(keyProblem);
  if (place.kind === 'models') return { reply: replyModels(visit, place), fault: null };
  const dialect = simDialects[place.dialect];
  if (dialect === undefined) return refuse({ kind: 'path-unknown', model: what });
  return decideAnswer(visit, place, dialect);
}

function checkKey(visit: Visit): Problem | null {
  const { apiKey } = visit.state.options;
  if (apiKey === undefined) return null;
  const { authorization, 'x-api-key': xApiKey } = visit.request.headers;
  const sent = typeof xApiKey === 'string' ? xApiKey : (authorization ?? '').replace(/^Bearer /i, '');
  if (sent === '') return { kind: 'key-missing' };
  return sent === apiKey ? null : { kind: 'key-wrong' };
}

function replyModels(visit: Visit, place: Place): Reply {
  const isMessages =
    place.dialect === 'anthropic-messages' || visit.request.headers['anthropic-version'] !== undefined;
  return replyJson(visit, 200, toModelList(visit.state.options.vendor, visit.state.models, isMessages));
}

function parseBody(body: Uint8Array): JsonObject | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isObject(value) ? value : null;
  } catch {
    // Bytes that are not UTF-8 and text that is not JSON are the same 400.
    return null;
  }
}

function decideAnswer(visit: Visit, place: Place, dialect: SimDialect): Decision {
  const { state, request } = visit;
  const refuse = (problem: Problem): Decision => ({
    reply: replyProblem(visit, place.dialect, problem),
    fault: null,
  });
  const requestFacts = {
    headers: request.headers,
    signatureSeed: state.options.seed,
    isCount: place.kind === 'count-tokens',
  };
  const headerProblem = dialect.checkHeaders(state.facts, requestFacts);
  if (headerProblem !== null) return refuse(headerProblem);
  const parsed = parseBody(visit.body);
  if (parsed === null) return refuse({ kind: 'invalid' });
  const reading = dialect.read(state.facts, parsed, requestFacts);
  if (!reading.ok) return refuse(reading.problem);
  const { ask } = reading;
  if (!isServed(state, ask)) return refuse({ kind: 'model-unknown', model: ask.model });
  if (place.kind === 'count-tokens') {
    return { reply: replyJson(visit, 200, { input_tokens: countPrompt(ask) }), fault: null };
  }
  const fault = chooseFault(visit, ask);
  if (fault !== null) state.tally.countFault(fault.name);
  if (fault?.name === 'reset' || fault?.name === 'reset-reused') return { reply: null, fault };
  const problem = fault === null ? null : toFaultProblem(fault, ask);
  if (problem !== null && fault !== null) {
    return { reply: refuseByFault(visit, { ask, fault, problem }), fault };
  }
  return answer(visit, { ask, fault, dialect });
}

function isServed(state: SimState, ask: Ask): boolean {
  if (state.models.includes(ask.model)) return true;
  return (
    ask.dialect === 'anthropic-messages' &&
    state.facts.messages.mapsClaudeNames &&
    ask.model.startsWith('claude-')
  );
}

function chooseFault(visit: Visit, ask: Ask): ActiveFault | null {
  const { state, isReused } = visit;
  const header = visit.request.headers['x-sim-fault'];
  if (state.options.allowHeaderFaults === true && typeof header === 'string') {
    const asked = parseFault(header);
    if (typeof asked !== 'string') return toActiveFault(asked);
  }
  const { model, dialect, stream } = ask;
  return state.script?.choose({ model, dialect, stream, reused: isReused }) ?? null;
}

const faultProblems: Readonly<Partial<Record<ActiveFault['name'], ProblemKind>>> = {
  '429': 'rate',
  '429-without-retry-after': 'rate',
  '500': 'server',
  '503': 'unavailable',
  '529': 'overloaded',
  balance: 'balance',
  banned: 'banned',
  'content-refused': 'content',
  'unknown-status': 'server',
};

function toFaultProblem(fault: ActiveFault, ask: Ask): Problem | null {
  const kind = faultProblems[fault.name];
  return kind === undefined ? null : { kind, model: ask.model };
}

function refuseByFault(
  visit: Visit,
  refusal: { readonly ask: Ask; readonly fault: ActiveFault; readonly problem: Problem },
): Reply {
  const { ask, fault, problem } = refusal;
  if (fault.name === 'unknown-status') {
    const page = '<html><body>Unknown Error</body></html>';
    const headers = { ...toHeaders(visit), 'content-type': 'text/html', 'content-length': page.length };
    return { status: 599, headers, steps: [{ do: 'write', bytes: page }] };
  }
  const reply = replyProblem(visit, ask.dialect, problem);
  if (fault.name !== '429') return reply;
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(fault.retryAfterSeconds) } };
}

interface Answering {
  readonly ask: Ask;
  readonly fault: ActiveFault | null;
  readonly dialect: SimDialect;
}

function answer(visit: Visit, { ask, fault, dialect }: Answering): Decision {
  const { state, ids } = visit;
  const { options, facts } = state;
  const recordedText = options.recorded?.find(ask.model, ask.lastUserText) ?? null;
  if (options.recorded !== undefined && recordedText === null && options.recordedMiss !== 'seeded') {
    const problem: Problem = { kind: 'not-recorded', model: ask.model };
    return { reply: replyProblem(visit, ask.dialect, problem), fault };
  }
  const content = planAnswer(ask, {
    seed: options.seed,
    callId: () => toCallId(options.vendor, ask.dialect, ids),
    recordedText,
    answerTokens: options.answerTokens ?? null,
    fault,
  });
  const usage = countUsage(state, ask, content);
  state.tally.bill(usage);
  const context = {
    answerId: toAnswerId(options.vendor, ask.dialect, ids),
    requestId: visit.requestId,
    createdSeconds: Math.floor(options.clock.now() / 1000),
    usage: toShownUsage(usage, fault),
    ids,
    signatureSeed: options.seed,
  };
  const errorBody = writeProblem(
    options.vendor,
    { kind: 'server' },
    { dialect: ask.dialect, requestId: visit.requestId },
  );
  const contentParts = { ask, answer: content };
  if (!ask.stream) {
    const isError = fault?.name === 'ok-with-error-body';
    const body = isError ? JSON.stringify(errorBody.body) : dialect.writeWhole(facts, contentParts, context);
    return { reply: replyWhole(visit, { body, fault, outputTokens: usage.outputTokens }), fault };
  }
  state.tally.countStream();
  const frames = dialect.writeStream(facts, contentParts, context);
  const errorFrame = dialect.toErrorFrame(errorBody.body);
  const steps = toStreamSteps(frames, fault, { errorFrame, speed: options.speed });
  return { reply: toReply(visit, { steps, fault, type: 'text/event-stream' }), fault };
}

function replyWhole(
  visit: Visit,
  whole: { readonly body: string; readonly fault: ActiveFault | null; readonly outputTokens: number },
): Reply {
  const { firstTokenMs, tokensPerSecond } = visit.state.options.speed ?? {
    firstTokenMs: 0,
    tokensPerSecond: 0,
  };
  const writingMs = tokensPerSecond > 0 ? (whole.outputTokens * 1000) / tokensPerSecond : 0;
  const { steps, length } = toWholeSteps(whole.body, whole.fault, firstTokenMs + writingMs);
  const reply = toReply(visit, { steps, fault: whole.fault, type: 'application/json' });
  return length === null ? reply : { ...reply, headers: { ...reply.headers, 'content-length': length } };
}

function toReply(
  visit: Visit,
  content: { readonly steps: Reply['steps']; readonly fault: ActiveFault | null; readonly type: string },
): Reply {
  const { fault } = content;
  const isStream = content.type === 'text/event-stream';
  const type = fault?.name === 'wrong-content-type' ? 'text/html' : content.type;
  const headers = {
    ...toHeaders(visit),
    'content-type': isStream && type !== 'text/html' ? `${type}; charset=utf-8` : type,
    ...(isStream ? { 'cache-control': 'no-cache' } : {}),
    ...(fault?.name === 'gzip-although-identity-asked' ? { 'content-encoding': 'gzip' } : {}),
  };
  const reply = { status: 200, headers, steps: content.steps };
  return fault?.name === 'slow-headers' ? { ...reply, slowHeadersMs: fault.delayMs } : reply;
}

function toShownUsage(usage: AnswerUsage, fault: ActiveFault | null): AnswerUsage | null {
  if (fault?.name === 'no-usage') return null;
  if (fault?.name !== 'wrong-usage') return usage;
  return {
    inputTokens: usage.inputTokens * 7,
    cachedTokens: usage.cachedTokens * 7,
    cacheWriteTokens: usage.cacheWriteTokens * 7,
    outputTokens: usage.outputTokens * 7,
    reasoningTokens: usage.reasoningTokens * 7,
  };
}

function countUsage(state: SimState, ask: Ask, content: Answer): AnswerUsage {
  const isExplicit = ask.dialect === 'anthropic-messages' && state.facts.messages.strict;
  const { cacheMinimum, cacheUnit } = state.facts.chat;
  const rules = { explicit: isExplicit, minimum: cacheMinimum, unit: isExplicit ? 1 : cacheUnit };
  let outputTokens = content.hiddenTokens;
  let reasoningTokens = content.hiddenTokens;
  for (const choice of content.choices) {
    reasoningTokens += choice.reasoningPieces.length;
    outputTokens += choice.reasoningPieces.length + choice.textPieces.length;
    for (const call of choice.calls) outputTokens += countTokens(call.name) + call.argumentPieces.length;
  }
  return { ...state.cache.read(ask, rules), outputTokens, reasoningTokens };
}
