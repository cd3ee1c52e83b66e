import { createSeededRandom, type Dialect } from '../kernel/index.ts';

/**
 * Every fault a simulated endpoint can show, with what happens on the wire. docs/guide/simulators.md
 * lists the same names; a test compares the two.
 */
export const faultTable = {
  'slow-first-byte': 'Nothing at all for `delayMs`, then a normal answer',
  'slow-headers': 'The status line at once, the other headers one by one, `delayMs` in all',
  'slow-first-token': 'Headers and opening events at once, the first content after `delayMs`',
  stall:
    'After `afterEvents` content events (half of a whole answer) nothing more; the connection stays open',
  'cut-in-utf8': 'The connection ends inside a character of several bytes',
  'cut-in-field': 'The connection ends inside an SSE field or JSON string',
  'cut-after-n': 'The connection ends cleanly between two events, after `afterEvents` content events',
  reset: 'The connection is reset (RST) before the first byte',
  'reset-reused': 'As reset, but only on a connection that has served a request before',
  '429': "The vendor's rate-limit error with retry-after: `retryAfterSeconds`",
  '429-without-retry-after': "The vendor's rate-limit error without retry-after",
  '500': "The vendor's internal error",
  '503': "The vendor's overload error with status 503",
  '529': "The vendor's overload error with status 529",
  balance:
    "The vendor's error for an empty or locked account (402; 429 with insufficient_quota at OpenAI, with 1113 at GLM)",
  banned: "The vendor's error for a suspended account (403; 429 with 1313 at GLM)",
  'content-refused': "The vendor's error for refused content (400)",
  'content-filtered': 'A normal answer that ends early with the finish reason for refused content',
  'unknown-status': 'Status 599 with a body that is not JSON',
  'ok-with-error-body': 'Status 200; the body, or the first event of the stream, is an error',
  'error-mid-stream': 'After `afterEvents` content events the stream shows an error and ends',
  'malformed-chunk':
    'After `afterEvents` content events one event is not valid JSON (a whole answer is cut JSON)',
  'endless-stream': 'Content events without end, until the client leaves',
  'huge-frame': 'One event (or a whole answer) with `bytes` of text',
  'wrong-usage': 'Usage figures seven times too large',
  'no-usage': 'No usage anywhere',
  'empty-answer': 'A successful answer without content',
  'wrong-content-type': 'A normal answer labelled text/html',
  'gzip-although-identity-asked': 'The answer compressed with gzip, whatever accept-encoding says',
  'finish-without-done': 'The stream ends after the finish reason, without [DONE] or message_stop',
  'duplicate-done': 'The closing event twice',
  queued: 'While "queued" for `delayMs`: comment lines in a stream, blank lines before a whole answer',
  'torn-writes': 'The right bytes, written three at a time',
} as const satisfies Record<string, string>;

export type FaultName = keyof typeof faultTable;

/** When a fault fires and how hard; without a condition it fires on every request that has an answer. */
export interface FaultRule {
  readonly fault: FaultName;
  /** Only requests for this model. */
  readonly model?: string;
  readonly dialect?: Dialect;
  /** Only streamed, or only non-streamed requests. */
  readonly stream?: boolean;
  /** Matching requests to let pass first. */
  readonly skip?: number;
  /** Fires at most this many times. */
  readonly first?: number;
  /** Fires on every nth matching request (the nth, the 2nth …). */
  readonly every?: number;
  /** Fires on this share of matching requests (0 to 1), chosen by the sim's seed. */
  readonly share?: number;
  /** Default 1,000. */
  readonly delayMs?: number;
  /** Content events before it happens; default 3. */
  readonly afterEvents?: number;
  /** Default 2. */
  readonly retryAfterSeconds?: number;
  /** Default 1 MiB. */
  readonly bytes?: number;
}

/** A fault by name (fires always) or as a rule. */
export type Fault = FaultName | FaultRule;

/** A rule with its defaults filled in. */
export interface ActiveFault {
  readonly name: FaultName;
  readonly delayMs: number;
  readonly afterEvents: number;
  readonly retryAfterSeconds: number;
  readonly bytes: number;
}

/** What a rule is matched against. */
export interface FaultFacts {
  readonly model: string;
  readonly dialect: Dialect;
  readonly stream: boolean;
  /** True when the connection has served a request before. */
  readonly reused: boolean;
}

export interface FaultScript {
  /** The first rule that fires for this request, or null. Advances the rules' counters. */
  choose(facts: FaultFacts): ActiveFault | null;
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultTable, name);
}

/** Fills in the defaults of a rule. */
export function toActiveFault(fault: Fault): ActiveFault {
  const rule: FaultRule = typeof fault === 'string' ? { fault } : fault;
  return {
    name: rule.fault,
    delayMs: rule.delayMs ?? 1000,
    afterEvents: rule.afterEvents ?? 3,
    retryAfterSeconds: rule.retryAfterSeconds ?? 2,
    bytes: rule.bytes ?? 1024 * 1024,
  };
}

function isMatch(rule: FaultRule, facts: FaultFacts): boolean {
  if (rule.model !== undefined && rule.model !== facts.model) return false;
  if (rule.dialect !== undefined && rule.dialect !== facts.dialect) return false;
  if (rule.stream !== undefined && rule.stream !== facts.stream) return false;
  return rule.fault !== 'reset-reused' || facts.reused;
}

/** Creates a script from rules in order of precedence. */
export function createFaultScript(faults: Fault | readonly Fault[], seed: number): FaultScript {
  const list = typeof faults === 'string' || 'fault' in faults ? [faults] : faults;
  const random = createSeededRandom(seed ^ 0x5f4c);
  const rules = list.map((fault) => ({
    rule: typeof fault === 'string' ? { fault } : fault,
    active: toActiveFault(fault),
    seen: 0,
    fired: 0,
  }));
  function isDue(entry: (typeof rules)[number]): boolean {
    const { rule } = entry;
    entry.seen += 1;
    const position = entry.seen - (rule.skip ?? 0);
    if (position <= 0) return false;
    if (rule.first !== undefined && entry.fired >= rule.first) return false;
    if (rule.every !== undefined && position % rule.every !== 0) return false;
    return rule.share === undefined || random.unit() < rule.share;
  }
  return {
    choose(facts) {
      for (const entry of rules) {
        if (!isMatch(entry.rule, facts) || !isDue(entry)) continue;
        entry.fired += 1;
        return entry.active;
      }
      return null;
    },
  };
}
