import { type AnswerHeaders, readRetryAfter, toAnswerFailure } from '../endpoint/index.ts';
import { limits } from '../kernel/index.ts';
import type { AnswerFacts } from '../protocol/index.ts';
import type { AttemptInput, AttemptResult, PushVerdict, UpstreamAnswer } from './attempt.ts';
import { readUpstreamId } from './forward-headers.ts';

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
    // An error's text is cut at its limit; a good answer that is too long is no answer.
    if (!this.#isGood) return reading;
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
    const { status, headers, contentType, now } = this.#head;
    const { call, planned } = this.#input;
    const facts = call.codec.readAnswer(json);
    const answer: UpstreamAnswer = { status, contentType, body, upstreamId: readUpstreamId(headers) };
    if (this.#isGood && facts.error === null) {
      if (json !== undefined && typeof json === 'object' && json !== null) {
        return { kind: 'answered', facts, answer };
      }
      const reason = body.length === 0 ? 'it is empty' : 'it is not JSON';
      const failure = {
        code: 'CHG_UPSTREAM_MALFORMED' as const,
        detail: { offer: planned.offer.name, reason },
      };
      const failed = { failure, cause: 'MALFORMED', mayTryNext: true, relayBody: false, retryAfterMs: null };
      return { kind: 'failed', failed, answer: null };
    }
    const failed = toAnswerFailure({
      status,
      error: facts.error,
      profile: planned.endpoint.profile,
      offer: planned.offer.name,
      retryAfterMs: readRetryAfter(headers, now),
    });
    return { kind: 'failed', failed, answer };
  }
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
