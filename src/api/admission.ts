import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { type Clock, failure, type Result, success } from '../kernel/index.ts';
import type { Sessions } from './sessions.ts';

/** Wrong bearers that one address may send in a row before it must wait. */
const allowedFailures = 10;

/** Time after which one more wrong bearer is forgiven. */
const forgiveMs = 6_000;

/** Limit: addresses remembered; the one that failed longest ago is forgotten first. */
const maximumAddresses = 10_000;

/** Decides who may use the admin API. */
export interface Admission {
  /** The actor for history and ledger. */
  admit(request: IncomingMessage): Result<string>;
  /** Counts a wrong one-time token of an operation that needs no bearer. */
  countFailure(request: IncomingMessage): void;
  /** A failure while the address must wait. */
  checkThrottle(request: IncomingMessage): Result<null>;
}

/** One person owns a whole /64 of IPv6, so counting single addresses there would count nothing. */
function toNetwork(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '';
  return isIPv6(address) && !address.startsWith('::') ? address.split(':').slice(0, 4).join(':') : address;
}

function readBearer(request: IncomingMessage): string | null {
  return /^bearer +(\S{1,512}) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

export interface AdmissionOptions {
  readonly isAdminKey: (candidate: string) => boolean;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/**
 * Creates the admission of one process. An address that sends wrong bearers is refused for a while without a
 * look at the next one, so that a short admin key cannot be guessed; sessions are too long to guess and pass
 * always.
 */
export function createAdmission({ isAdminKey, sessions, clock }: AdmissionOptions): Admission {
  // The time at which all failures of an address will be forgiven; each failure moves it by `forgiveMs`.
  const forgivenAt = new Map<string, number>();
  function checkThrottle(request: IncomingMessage): Result<null> {
    const waitMs =
      (forgivenAt.get(toNetwork(request)) ?? 0) - clock.now() - (allowedFailures - 1) * forgiveMs;
    if (waitMs <= 0) return success(null);
    return failure('CHG_ADMIN_THROTTLED', { limit: allowedFailures });
  }
  function countFailure(request: IncomingMessage): void {
    const network = toNetwork(request);
    const until = Math.max(forgivenAt.get(network) ?? 0, clock.now()) + forgiveMs;
    forgivenAt.delete(network);
    forgivenAt.set(network, until);
    const oldest = forgivenAt.keys().next();
    if (forgivenAt.size > maximumAddresses && oldest.done !== true) forgivenAt.delete(oldest.value);
  }
  return {
    checkThrottle,
    countFailure,
    admit(request) {
      const bearer = readBearer(request);
      if (bearer === null) return failure('CHG_ADMIN_REQUIRED');
      if (sessions.isSession(bearer)) {
        return sessions.isOpen(bearer) ? success('admin') : failure('CHG_ADMIN_REQUIRED');
      }
      const throttle = checkThrottle(request);
      if (!throttle.ok) return throttle;
      if (isAdminKey(bearer)) return success('admin');
      countFailure(request);
      return failure('CHG_ADMIN_REQUIRED');
    },
  };
}

/**
 * Refuses what a page of another site makes a browser send. The API uses no cookies, so such a request could
 * not carry a session anyhow; this also keeps foreign pages from spending sign-in attempts of their visitor's
 * address.
 */
export function checkSameSite(request: IncomingMessage): Result<null> {
  const refused = failure('CHG_CROSS_SITE');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return refused;
  const { origin, host } = request.headers;
  if (origin === undefined) return success(null);
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase() ? success(null) : refused;
}
