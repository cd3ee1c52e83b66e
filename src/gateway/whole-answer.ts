import {
  type AnswerHeaders,
  type AttemptFailure,
  readRetryAfter,
  toAnswerFailure,
} from '../endpoint/index.ts';
import { limits } from '../kernel/index.ts';
import { type AnswerFacts, isJsonObject, type WireError } from '../protocol/index.ts';
import type { AttemptInput, AttemptResult, PushVerdict, UpstreamAnswer } from './attempt.ts';
import { readUpstreamId } from './forward-headers.ts';
import { redactError } from './redact.ts';

interface WholeHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly contentType: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const reading: PushVerdict = { kind: 'content', pause: false };
const emptyFacts: AnswerFacts = { usage: null, finish: null, reportedModel: null, error: null };

/** Collects a bounded answer whole, so that a 200 with an error inside can still fall back. */
export class WholeAnswer {
  readonly #input: AttemptInput;
  readonly #head: WholeHead;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  readonly contentEvents = 0;
  readonly errorRelayed = false;
  readonly isDone = false;

  constructor(input: AttemptInput, head: WholeHead) {
    this.#input = input;
    this.#head = head;
  }

  facts(): AnswerFacts {
    return emptyFacts;
  }

  get #isGood(): boolean {
    return this.#head.status >= 200 && this.#head.status < 300;
  }

  push(chunk: Uint8Array): PushVerdict {
    this.#size += chunk.length;
    const limitBytes = this.#isGood ? this.#input.answerBytes : limits.errorBodyBytes;
    if (this.#size <= limitBytes) {
      this.#chunks.push(chunk);
      return reading;
    }
    // An error is told without its text then; reading on would let an endless one hold up the fallback.
    if (!this.#isGood) return { kind: 'failed', pause: false, failed: this.#toFailed(null) };
    const detail = { offer: this.#input.planned.offer.name, limitBytes };
    return {
      kind: 'failed',
      pause: false,
      failed: {
        failure: { code: 'CHG_UPSTREAM_TOO_LARGE', detail },
        cause: 'TOO_LARGE',
        mayTryNext: true,
        relayBody: false,
        retryAfterMs: null,
      },
    };
  }

  end(): AttemptResult {
    const first = this.#chunks[0];
    const body = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const json = parseQuietly(body);
    const { status, headers } = this.#head;
    const { call, planned } = this.#input;
    const facts = call.codec.readAnswer(json);
    const contentType = toJsonType(this.#head.contentType);
    const answer: UpstreamAnswer = { status, contentType, body, upstreamId: readUpstreamId(headers) };
    if (this.#isGood && facts.error === null) {
      const reason = toObjection(json, body, call.features.stream);
      if (reason === null) return { kind: 'answered', facts, answer };
      const failure = {
        code: 'CHG_UPSTREAM_MALFORMED' as const,
        detail: { offer: planned.offer.name, reason },
      };
      const failed = { failure, cause: 'MALFORMED', mayTryNext: true, relayBody: false, retryAfterMs: null };
      return { kind: 'failed', failed, answer: null };
    }
    // A page of some proxy is not an error in the dialect's shape; the client gets ours instead.
    return {
      kind: 'failed',
      failed: this.#toFailed(facts.error),
      answer: isJsonObject(json) ? answer : null,
    };
  }

  #toFailed(error: WireError | null): AttemptFailure {
    const { planned, credential } = this.#input;
    const { status, headers, now } = this.#head;
    return toAnswerFailure({
      status,
      error: redactError(error, credential),
      profile: planned.endpoint.profile,
      offer: planned.offer.name,
      retryAfterMs: readRetryAfter(headers, now),
    });
  }
}

/** What is wrong with a 2xx answer without an error inside, or null. */
function toObjection(json: unknown, body: Uint8Array, wantsStream: boolean): string | null {
  if (body.length === 0) return 'it is empty';
  if (!isJsonObject(json)) return 'it is not a JSON object';
  // Clients that wait for events find none in a whole answer, and take it for an empty one.
  return wantsStream ? 'a stream was asked for, and a whole answer came' : null;
}

const jsonType = /^application\/(?:[\w.-]+\+)?json *(?:;[\x20-\x7e]*)?$/i;

/** The body has parsed as JSON: a host that calls it a page must not make browsers or SDKs take it for one. */
function toJsonType(contentType: string): string {
  return jsonType.test(contentType) ? contentType : 'application/json';
}

function parseQuietly(body: Uint8Array): unknown {
  try {
    // Blank lines before the JSON (DeepSeek sends them while a call is queued) are white space to JSON.parse.
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'));
  } catch {
    // Not JSON: the caller turns this into CHG_UPSTREAM_MALFORMED or an error without details.
    return undefined;
  }
}
