import { type Tariff, toCost } from '../catalog/index.ts';
import type {
  AttemptRecord,
  CallBodies,
  CallRecord,
  Failure,
  NanoMoney,
  Usage,
  UsageSource,
} from '../kernel/index.ts';
import type { AnswerFacts } from '../protocol/index.ts';
import type { PlannedOffer } from '../routing/index.ts';
import type { AcceptedCall } from './call.ts';
import type { Fingerprint } from './fingerprint.ts';

/** Everything that is known of a call when it ends. */
export interface EndedCall {
  readonly call: AcceptedCall;
  readonly fingerprint: Fingerprint;
  readonly configHash: string;
  readonly routeVersion: number;
  readonly decision: CallRecord['decision'];
  readonly attempts: readonly AttemptRecord[];
  /** The offer that answered or was tried last. */
  readonly last: PlannedOffer | null;
  readonly facts: AnswerFacts | null;
  readonly contentEvents: number;
  readonly status: number;
  readonly failure: Failure | null;
  readonly totalMs: number;
  readonly responseBytes: number;
  readonly bodies: CallBodies | null;
}

/**
 * Calls to names that are no route share one name in the record: the client's own text would let any key
 * holder grow the ledger's sums without bound.
 */
const unknownRoute = '(unknown)';

const bytesPerToken = 4;
/** Limit: names of routes are shorter; what clients ask for can be anything. */
const routeChars = 128;

interface UsageFigure {
  readonly usage: Usage | null;
  readonly source: UsageSource;
}

/**
 * Usage as reported; where content went out without a report (cut, client gone, a host that sends none)
 * it is estimated from bytes and content events and says so, so that an aborted stream is neither free
 * nor billed twice. A call that never reached a model has none.
 */
function toUsage(ended: EndedCall): UsageFigure {
  const { facts, contentEvents, call, last } = ended;
  const reported = facts?.usage ?? null;
  // A Messages stream reports its input at the start and its output at the end: cut between, the
  // output figure is a placeholder and the events that went by say more.
  if (reported !== null && (ended.failure === null || contentEvents <= reported.outputTokens)) {
    return { usage: reported, source: 'reported' };
  }
  const reachedModel = last !== null && (ended.failure === null || contentEvents > 0);
  if (!reachedModel) return { usage: null, source: 'missing' };
  const inputTokens = reported?.inputTokens ?? Math.ceil(call.body.length / bytesPerToken);
  const outputTokens = Math.max(
    reported?.outputTokens ?? 0,
    contentEvents > 0 ? contentEvents : Math.ceil(ended.responseBytes / bytesPerToken),
  );
  return {
    usage: {
      inputTokens,
      cacheReadTokens: reported?.cacheReadTokens ?? 0,
      cacheWriteTokens: reported?.cacheWriteTokens ?? 0,
      outputTokens,
      reasoningTokens: reported?.reasoningTokens ?? 0,
    },
    source: 'estimated',
  };
}

function toPrice(usage: Usage | null, tariff: Tariff | null): NanoMoney | null {
  return usage === null || tariff === null ? null : toCost(usage, tariff);
}

/**
 * The name that the client asked for, as databases hold text: a lone surrogate (a cut can make one) or NUL
 * comes back from them as another character, and the ledger's sums would contradict its records.
 */
function toRouteText(route: string): string {
  return route.slice(0, routeChars).toWellFormed().replaceAll('\0', '\u{fffd}');
}

/** Builds the one record of a call. */
export function toCallRecord(ended: EndedCall): CallRecord {
  const { call, fingerprint, attempts, last, facts } = ended;
  const { usage, source } = toUsage(ended);
  const tariff = last?.offer.tariff ?? null;
  const final = attempts[attempts.length - 1];
  return {
    kind: 'call',
    id: call.id,
    at: call.at,
    org: call.principal.org,
    team: call.principal.team,
    key: call.principal.keyId,
    purpose: call.purpose,
    dialect: call.features.dialect,
    stream: call.features.stream,
    route: ended.failure?.code === 'CHG_ROUTE_UNKNOWN' ? unknownRoute : toRouteText(call.target.route),
    routeVersion: ended.routeVersion,
    offer: last?.offer.name ?? null,
    conversation: fingerprint.conversation,
    turn: call.features.turn,
    task: fingerprint.task,
    configHash: ended.configHash,
    decision: ended.decision,
    attempts,
    status: ended.status,
    failure: ended.failure?.code ?? null,
    finish: facts?.finish ?? null,
    usage,
    usageSource: source,
    tariff: tariff?.version ?? null,
    reportedModel: facts?.reportedModel ?? null,
    totalMs: ended.totalMs,
    firstByteMs: final?.firstByteMs ?? null,
    firstTokenMs: final?.firstTokenMs ?? null,
    requestBytes: call.body.length,
    responseBytes: ended.responseBytes,
    loss: [],
    cost: toPrice(usage, tariff),
    currency: usage === null ? null : (tariff?.currency ?? null),
    bodies: ended.bodies,
  };
}
