import * as z from 'zod';

import type { Result } from '../../kernel/index.ts';
import {
  type AsyncGrader,
  type Grade,
  type GradeInput,
  type GraderNeed,
  quote,
  scored,
  ungradable,
} from './grader.ts';
import { isJsonObject, type JsonValue, parseJson } from './json-value.ts';

/** Options of `http`. The URL's host is checked by whoever implements the port. */
export const httpOptions = z.strictObject({
  url: z.url({ protocol: /^https?$/u }).max(2000),
  /** What is sent besides the answer. */
  send: z.array(z.enum(['prompt', 'reference', 'tool-calls'])).default(['prompt', 'reference', 'tool-calls']),
  timeoutMs: z.number().int().min(100).max(120_000).default(20_000),
});

export type HttpOptions = z.infer<typeof httpOptions>;

/** What the grader asks of the port: one POST of JSON. */
export type GraderRequest = {
  readonly url: string;
  readonly body: string;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
};

/** Sends one request and reads the whole answer; failures are values. Joined to real sockets in `assembly`. */
export type GraderPort = {
  post(request: GraderRequest): Promise<Result<{ readonly status: number; readonly body: string }>>;
};

/** A grader answers with a score and a sentence; more is a mistake. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Asks a grader of your own over HTTP: POST `{"answer", "prompt"?, "reference"?, "tool_calls"?}`, and
 * expects `{"score": 0 … 1, "reason"?}` or `{"ungradable": "why"}`. Anything else is ungradable.
 */
export function createHttpGrader(options: HttpOptions, port: GraderPort): AsyncGrader {
  return {
    name: 'http',
    needs: options.send.filter((what) => what !== 'tool-calls') satisfies readonly GraderNeed[],
    async grade(input: GradeInput): Promise<Grade> {
      const result = await port.post({
        url: options.url,
        body: JSON.stringify(toBody(input, options)),
        timeoutMs: options.timeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      });
      if (!result.ok) return ungradable(`the grader was not reached: ${result.failure.code}`);
      if (result.value.status !== 200) {
        return ungradable(`the grader answered with status ${result.value.status}`);
      }
      return decodeGrade(result.value.body);
    },
  };
}

function toBody(input: GradeInput, options: HttpOptions): { readonly [key: string]: JsonValue } {
  const calls = (input.answer.toolCalls ?? []).map((call) => ({
    name: call.name,
    arguments: call.arguments,
  }));
  return {
    answer: input.answer.text.toWellFormed(),
    ...(options.send.includes('prompt') && input.prompt !== undefined ? { prompt: input.prompt } : {}),
    ...(options.send.includes('reference') && input.reference !== undefined
      ? { reference: input.reference }
      : {}),
    ...(options.send.includes('tool-calls') ? { tool_calls: calls } : {}),
  };
}

function decodeGrade(body: string): Grade {
  const value = body.length > MAX_ANSWER_BYTES ? undefined : parseJson(body)?.value;
  if (!isJsonObject(value)) return ungradable('the grader did not answer with a JSON object');
  const { score, reason, ungradable: why } = value;
  if (typeof why === 'string') return ungradable(quote(why));
  if (typeof score !== 'number' || !(score >= 0 && score <= 1)) {
    return ungradable('the grader gave no score between 0 and 1');
  }
  return scored(score, typeof reason === 'string' ? quote(reason) : 'scored by the HTTP grader');
}
