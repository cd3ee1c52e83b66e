import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, IdSource, Random } from '../kernel/index.ts';
import type { ControlPlane } from './control-plane.ts';
import { createApiHandler } from './handle-request.ts';
import { createSessions } from './sessions.ts';

export interface ApiOptions {
  readonly controlPlane: ControlPlane;
  /** Compares a bearer with the admin key in constant time. */
  readonly isAdminKey: (candidate: string) => boolean;
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Must be the operating system's outside tests: sessions and link tokens come from it. */
  readonly random: Random;
  /** Told about a mistake that was answered with 500, with the id that the answer shows. */
  readonly onMistake: (error: unknown, id: string) => void;
}

export interface Api {
  /**
   * Answers requests for `/`, `/page/…`, `/api` and below, and resolves true when the answer has ended;
   * resolves false, with nothing written, for every other path. Never rejects.
   */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>;
  /** Makes a one-time sign-in token; the link is `<base>/#token=<token>`. */
  issueLink(lastsMs: number): { readonly token: string; readonly expiresAt: number };
}

/** Creates the control plane's HTTP side: the admin API under `/api` and the page at `/`. */
export function createApi(options: ApiOptions): Api {
  const sessions = createSessions(options.clock, options.random);
  return { handle: createApiHandler(options, sessions), issueLink: (lastsMs) => sessions.issueLink(lastsMs) };
}
