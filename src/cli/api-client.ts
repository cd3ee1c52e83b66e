import type { ErrorAnswer } from '../api/contract.ts';
import type { ServerAddress } from './find-server.ts';
import { done, exitCodes, type Outcome, type Problem, stop } from './problem.ts';

/** A JSON answer: the text as it came, and what it says. */
export interface Answer<Body> {
  readonly text: string;
  readonly body: Body;
}

/** Asks the admin API. */
export interface ApiClient {
  get<Body>(path: string): Promise<Outcome<Answer<Body>>>;
  send<Body>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Outcome<Answer<Body>>>;
  /** Pieces of an answer that comes bit by bit. One that is cut short rejects. */
  stream(method: 'GET' | 'POST', path: string): Promise<Outcome<AsyncIterable<Uint8Array>>>;
}

function toUnreachable(url: string, error: unknown): Problem {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
  return {
    exitCode: exitCodes.unreachable,
    text: `Cannot reach the server at ${url}: ${code}`,
    remedy: 'Start it with "changeover", or look where it runs with "changeover status --data FOLDER"',
  };
}

function toRefusal(status: number, text: string): Problem {
  let error: Partial<ErrorAnswer['error']> | undefined;
  try {
    ({ error } = JSON.parse(text) as Partial<ErrorAnswer>);
  } catch {
    // A proxy in between, or another program on this port, answers with something else.
    error = undefined;
  }
  return {
    exitCode: exitCodes.failed,
    text: error?.message ?? `Cannot understand the answer: status ${status}, and not from Changeover's API`,
    remedy: error?.remedy ?? 'Check that the address is a Changeover server and that its version is the same',
    answer: text,
  };
}

/** Creates a client of one server. */
export function createApiClient({ url, key }: ServerAddress, signal?: AbortSignal): ApiClient {
  async function ask(method: string, path: string, body?: unknown): Promise<Outcome<Response>> {
    try {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect would carry the admin key to wherever it points.
        redirect: 'error',
        ...(signal === undefined ? {} : { signal }),
      });
      return response.ok ? done(response) : stop(toRefusal(response.status, await response.text()));
    } catch (error) {
      return stop(toUnreachable(url, error));
    }
  }
  async function askJson<Body>(method: string, path: string, body?: unknown): Promise<Outcome<Answer<Body>>> {
    const answer = await ask(method, path, body);
    if (!answer.ok) return answer;
    try {
      const text = await answer.value.text();
      return done({ text, body: JSON.parse(text) as Body });
    } catch (error) {
      return stop(error instanceof SyntaxError ? toRefusal(200, '') : toUnreachable(url, error));
    }
  }
  return {
    get: (path) => askJson('GET', path),
    send: (method, path, body) => askJson(method, path, body),
    async stream(method, path) {
      const answer = await ask(method, path);
      if (!answer.ok) return answer;
      return answer.value.body === null ? stop(toRefusal(200, '')) : done(answer.value.body);
    },
  };
}
