// Clients of every temper: some wait for whole answers, some read streams, some leave, some are wrong.
import { createHash } from 'node:crypto';

import type { Agent, Dispatcher } from 'undici';

import type { Random } from '../../src/kernel/index.ts';
import { wishes } from './upstream.ts';

/** What one call is about, and how often it comes among a thousand. */
const tempers = {
  whole: 560,
  stream: 280,
  fallback: 40,
  kept: 40,
  'leaves stream': 30,
  'leaves whole': 20,
  'wrong key': 10,
  'wrong route': 10,
  'wrong body': 10,
} as const;
export type Temper = keyof typeof tempers;

/** Calls that never become one, and so have no row in the ledger. */
const unrecorded: readonly Temper[] = ['wrong key', 'wrong body'];
const leaveMsMax = 30;

export interface Tally {
  readonly done: Map<Temper, number>;
  /** Answers that are not what they should be, the first ones in words. */
  readonly wrong: string[];
  wrongCount: number;
  /** Rows that the ledger must hold, and those that it may: who leaves may do so before being heard. */
  recorded: number;
  perhapsRecorded: number;
  calls: number;
}

export interface ClientOptions {
  readonly url: string;
  readonly key: string;
  readonly random: Random;
  readonly tally: Tally;
  /** True when no more calls shall be made. */
  readonly isOver: () => boolean;
}

const wrongMax = 20;
const filler = createHash('sha512').update('soak').digest('hex').repeat(6);

function choose(random: Random): Temper {
  const entries = Object.entries(tempers) as [Temper, number][];
  let left = random.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [temper, weight] of entries) {
    left -= weight;
    if (left < 0) return temper;
  }
  return 'whole';
}

function toBody(temper: Temper, number: number): string {
  if (temper === 'wrong body') return '{"model":"main","messages":[';
  const stream = temper === 'stream' || temper === 'leaves stream' || (temper === 'kept' && number % 2 === 0);
  const isLeaving = temper === 'leaves stream' || temper === 'leaves whole';
  const failing = temper === 'fallback' ? wishes.failing : wishes.plain;
  const routes: Partial<Record<Temper, string>> = {
    kept: 'kept',
    fallback: 'falling',
    'wrong route': 'nobody',
  };
  const content = `${isLeaving ? wishes.endless : failing} ${number} ${filler}`;
  const messages = [{ role: 'user', content }];
  return JSON.stringify({ model: routes[temper] ?? 'main', messages, ...(stream ? { stream } : {}) });
}

const expected: Partial<Record<Temper, number>> = { 'wrong key': 401, 'wrong route': 404, 'wrong body': 400 };

/** What came back: the status, and whether the answer had its proper end. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Leaving {
  /** Leave after this time, whatever came; null = do not. */
  readonly leaveMs: number | null;
  /** Leave when the first bytes are there. */
  readonly atFirstBytes: boolean;
}

function send(agent: Agent, options: Dispatcher.DispatchOptions, leaving: Leaving): Promise<Answer> {
  const { leaveMs, atFirstBytes } = leaving;
  return new Promise((resolve, reject) => {
    let status = 0;
    let text = '';
    let timer: NodeJS.Timeout | undefined;
    agent.dispatch(options, {
      onRequestStart(controller) {
        if (leaveMs === null) return;
        timer = setTimeout(() => controller.abort(new Error('left')), leaveMs);
      },
      onResponseStart(_controller, code) {
        status = code;
      },
      onResponseData(controller, chunk) {
        text += chunk.toString();
        if (atFirstBytes) controller.abort(new Error('left'));
      },
      onResponseEnd: () => {
        clearTimeout(timer);
        resolve({ status, text });
      },
      onResponseError: (_controller, error) => {
        clearTimeout(timer);
        if (error.message === 'left') resolve({ status, text });
        else reject(error);
      },
    });
  });
}

function isRight(temper: Temper, answer: Answer): boolean {
  const { status, text } = answer;
  if (temper === 'leaves stream') return status === 200;
  // Left before an answer, usually; what came before that does not matter.
  if (temper === 'leaves whole') return status === 0 || status === 499;
  if (status !== (expected[temper] ?? 200)) return false;
  return status !== 200 || text.endsWith('}') || text.endsWith('data: [DONE]\n\n');
}

/** Makes calls one after the other until it is over. */
export async function runClient(agent: Agent, options: ClientOptions): Promise<void> {
  const { url, key, random, tally, isOver } = options;
  while (!isOver()) {
    const temper = choose(random);
    const number = tally.calls++;
    const leaving = {
      leaveMs: temper === 'leaves whole' ? 1 + random.unit() * leaveMsMax : null,
      atFirstBytes: temper === 'leaves stream',
    };
    const request: Dispatcher.DispatchOptions = {
      origin: url,
      path: '/v1/chat/completions',
      method: 'POST',
      headers: {
        authorization: `Bearer ${temper === 'wrong key' ? 'chg_wrong' : key}`,
        'content-type': 'application/json',
      },
      body: toBody(temper, number),
    };
    let said = '';
    try {
      const answer = await send(agent, request, leaving);
      if (!isRight(temper, answer)) said = `${answer.status} ${answer.text.slice(-300)}`;
    } catch (error) {
      said = String(error);
    }
    if (said !== '') {
      tally.wrongCount++;
      if (tally.wrong.length < wrongMax) tally.wrong.push(`${temper}: ${said}`);
    }
    if (temper === 'leaves whole') tally.perhapsRecorded++;
    else if (!unrecorded.includes(temper)) tally.recorded++;
    tally.done.set(temper, (tally.done.get(temper) ?? 0) + 1);
  }
}
