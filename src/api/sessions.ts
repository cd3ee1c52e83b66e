import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, Random } from '../kernel/index.ts';

/** How long a session of the page lasts. */
const sessionMs = 12 * 3_600_000;

/** Limit: sessions at once; the oldest one ends when more are opened. */
const maximumSessions = 1000;

/** Limit: links that are open at once; a new one replaces the oldest. */
const maximumLinks = 16;

/** 32 bytes: nobody guesses a token, so sessions need no throttle of their own. */
const tokenBytes = 32;

const sessionPrefix = 'chgs_';

export interface OpenedSession {
  readonly session: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** One-time links and the sessions that they open, in memory: a restart ends them all. */
export interface Sessions {
  /** Makes a token for the fragment of a sign-in link; it works once and for `lastsMs`. */
  issueLink(lastsMs: number): { readonly token: string; readonly expiresAt: number };
  /** Spends a link's token for a session; null when it is wrong, spent or late. */
  spendLink(token: string): OpenedSession | null;
  /** Opens a session for somebody who has shown the admin key. */
  open(): OpenedSession;
  isOpen(session: string): boolean;
  /** True for text that has the form of a session, open or not. */
  isSession(bearer: string): boolean;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Creates the sessions of one process. */
export function createSessions(clock: Clock, random: Random): Sessions {
  let links: { readonly hash: Buffer; readonly expiresAt: number }[] = [];
  // Keyed by digest, so that a look-up's timing says nothing about a real session.
  const sessions = new Map<string, number>();
  function newToken(): string {
    return Buffer.from(random.bytes(tokenBytes)).toString('base64url');
  }
  function open(): OpenedSession {
    const session = sessionPrefix + newToken();
    const expiresAt = clock.now() + sessionMs;
    const oldest = sessions.keys().next();
    if (sessions.size >= maximumSessions && oldest.done !== true) sessions.delete(oldest.value);
    sessions.set(digest(session).toString('hex'), expiresAt);
    return { session, expiresAt };
  }
  return {
    issueLink(lastsMs) {
      const token = newToken();
      const expiresAt = clock.now() + lastsMs;
      links = [...links.slice(1 - maximumLinks), { hash: digest(token), expiresAt }];
      return { token, expiresAt };
    },
    open,
    spendLink(token) {
      const hash = digest(token);
      const link = links.find((candidate) => timingSafeEqual(candidate.hash, hash));
      if (link === undefined) return null;
      links = links.filter((candidate) => candidate !== link);
      return clock.now() < link.expiresAt ? open() : null;
    },
    isOpen(session) {
      const name = digest(session).toString('hex');
      const expiresAt = sessions.get(name);
      if (expiresAt === undefined) return false;
      if (clock.now() < expiresAt) return true;
      sessions.delete(name);
      return false;
    },
    isSession: (bearer) => bearer.startsWith(sessionPrefix),
  };
}
