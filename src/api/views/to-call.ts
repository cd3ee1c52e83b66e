import { toMoneyText } from '../../kernel/index.ts';
import type { StoredCall, StoredEvent } from '../../ledger/index.ts';
import type { Call, EventView } from '../contract.ts';

/** A call as the API shows it. */
export function toCall(stored: StoredCall): Call {
  return {
    id: stored.id,
    at: stored.at,
    org: stored.org,
    team: stored.team,
    key: stored.key,
    purpose: stored.purpose,
    dialect: stored.dialect,
    stream: stored.stream,
    route: stored.route,
    routeVersion: stored.routeVersion,
    offer: stored.offer,
    conversation: stored.conversation,
    turn: stored.turn,
    task: stored.task,
    configHash: stored.configHash,
    decision: { verdict: stored.decision.verdict, reason: stored.decision.reason },
    attempts: stored.attempts.map((attempt) => ({ ...attempt })),
    status: stored.status,
    failure: stored.failure,
    finish: stored.finish,
    usage: stored.usage === null ? null : { ...stored.usage },
    usageSource: stored.usageSource,
    tariff: stored.tariff,
    cost: stored.cost === null ? null : toMoneyText(stored.cost),
    currency: stored.currency,
    reportedModel: stored.reportedModel,
    totalMs: stored.totalMs,
    firstByteMs: stored.firstByteMs,
    firstTokenMs: stored.firstTokenMs,
    requestBytes: stored.requestBytes,
    responseBytes: stored.responseBytes,
    loss: [...stored.loss],
    bodies: stored.bodies,
    erasedBy: stored.erasedBy,
    position: { writer: stored.position.writer, seq: stored.position.seq, hash: stored.position.hash },
  };
}

/** An event of the ledger as the API shows it. */
export function toEvent(stored: StoredEvent): EventView {
  const { id, at, org, actor, event, subject, data, position } = stored;
  return {
    id,
    at,
    org,
    actor,
    event,
    subject,
    data: { ...data },
    position: { writer: position.writer, seq: position.seq, hash: position.hash },
  };
}
