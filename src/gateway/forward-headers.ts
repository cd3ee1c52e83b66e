import type { IncomingHttpHeaders } from 'node:http';

import type { AnswerHeaders } from '../endpoint/index.ts';

/**
 * Client headers that may go to an endpoint. Everything else stays here: keys, cookies, addresses,
 * organisation ids, and the telemetry headers of SDKs and agents.
 */
const forwarded = ['anthropic-version', 'anthropic-beta'];

/** Headers by which agents and SDK users name a session, most specific first. */
const sessionNames = [
  'x-changeover-session',
  'x-claude-code-session-id',
  'x-session-id',
  'x-session-affinity',
  'session-id',
  'x-conversation-id',
];

const headerChars = 1_024;

/** Allowed client headers, name and value in turn. */
export function toForwardHeaders(headers: IncomingHttpHeaders): string[] {
  const kept: string[] = [];
  for (const name of forwarded) {
    const value = headers[name];
    if (typeof value === 'string' && value.length <= headerChars) kept.push(name, value);
  }
  return kept;
}

/** The session that the client named, or null. */
export function readSession(headers: IncomingHttpHeaders): string | null {
  for (const name of sessionNames) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '' && value.length <= headerChars) return value;
  }
  return null;
}

/** One value of an answer header, or null. */
export function pickHeader(headers: AnswerHeaders, name: string): string | null {
  const value = headers[name];
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? (value[0] ?? null) : null;
}

/** The upstream's own id of the request, shown under our header so that a vendor can be asked. */
export function readUpstreamId(headers: AnswerHeaders): string | null {
  const id = pickHeader(headers, 'x-request-id') ?? pickHeader(headers, 'request-id');
  return id === null ? null : id.replace(/[^\x21-\x7e]/g, '').slice(0, 128);
}
