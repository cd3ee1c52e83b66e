import type { Call, CallBodiesView, CallPage } from '../../api/contract.ts';
import type { ApiClient } from '../api-client.ts';
import { type Command, type CommandContext, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { toCostText, toDurationText, toResultText, toTimeText, toTokensText } from '../format.ts';
import { done, type Outcome, wrongUsage } from '../problem.ts';
import { type Column, createTable, toFacts, toTable } from '../table.ts';

const filterOptions: Command['options'] = {
  route: { type: 'string', value: 'ROUTE', help: 'Only calls of this route' },
  offer: { type: 'string', value: 'OFFER', help: 'Only calls that this offer answered' },
  key: { type: 'string', value: 'ID', help: 'Only calls of this key' },
  team: { type: 'string', value: 'TEAM', help: 'Only calls of this team' },
  purpose: { type: 'string', value: 'PURPOSE', help: 'client, replay, shadow, judge or probe' },
  failed: { type: 'boolean', help: 'Only calls that failed' },
  succeeded: { type: 'boolean', help: 'Only calls that did not fail' },
};

function toFilter(context: CommandContext): Outcome<URLSearchParams> {
  const query = new URLSearchParams();
  for (const name of ['route', 'offer', 'key', 'team', 'purpose']) {
    const value = context.text(name);
    if (value !== undefined) query.set(name, value);
  }
  if (context.flag('failed') && context.flag('succeeded')) {
    return wrongUsage('Cannot list calls that failed and did not', 'Leave out --failed or --succeeded');
  }
  if (context.flag('failed')) query.set('failed', 'true');
  if (context.flag('succeeded')) query.set('failed', 'false');
  return done(query);
}

const columns: readonly Column<Call>[] = [
  { title: 'TIME', text: (call) => toTimeText(call.at) },
  { title: 'ID', text: (call) => call.id },
  { title: 'ROUTE', text: (call) => call.route },
  { title: 'ANSWERED BY', text: (call) => call.offer ?? '–' },
  {
    title: 'RESULT',
    text: toResultText,
    paint: (call, paint) => (call.failure === null && call.status < 400 ? paint.good : paint.bad),
  },
  { title: 'TOOK', isNumber: true, text: (call) => toDurationText(call.totalMs) },
  { title: 'TOKENS', isNumber: true, text: toTokensText },
  { title: 'COST', isNumber: true, text: toCostText },
];

const callList: Command = {
  noun: 'call',
  verb: 'list',
  words: [],
  summary: 'List calls, newest first',
  examples: ['changeover call list --route support --failed', 'changeover call list --limit 500 --json'],
  options: {
    limit: { type: 'string', value: 'N', help: 'Calls of one page, 1 to 500; default 50' },
    cursor: { type: 'string', value: 'CURSOR', help: 'Go on after an earlier page' },
    ...filterOptions,
    ...serverOptions,
  },
  async run(context) {
    const query = toFilter(context);
    if (!query.ok) return query;
    const api = context.connect();
    if (!api.ok) return api;
    query.value.set('limit', context.text('limit') ?? '50');
    const cursor = context.text('cursor');
    if (cursor !== undefined) query.value.set('cursor', cursor);
    const page = await api.value.get<CallPage>(`/api/calls?${query.value.toString()}`);
    if (!page.ok) return page;
    if (context.isJson) {
      await context.print(page.value.text);
      return done(0);
    }
    const { calls, next } = page.value.body;
    if (calls.length === 0 && next === null) await context.remark('No calls.\n');
    else await context.print(toTable(calls, columns, context.paint));
    if (next !== null) await context.remark(`More: add --cursor ${next}\n`);
    return done(0);
  },
};

function toCallText(call: Call, { paint }: CommandContext): string {
  const facts: [string, string][] = [
    ['Call', paint.bold(call.id)],
    ['At', toTimeText(call.at)],
    ['Result', `${toResultText(call)}${call.finish === null ? '' : `, finish ${toSafeText(call.finish)}`}`],
    ['Route', `${toSafeText(call.route)} (version ${call.routeVersion})`],
    ['Answered by', toSafeText(call.offer ?? '–')],
    ['Reported model', toSafeText(call.reportedModel ?? '–')],
    [
      'Asked by',
      toSafeText(`${call.key}${call.team === null ? '' : `, team ${call.team}`}, org ${call.org}`),
    ],
    ['Purpose', call.purpose],
    ['Dialect', `${call.dialect}${call.stream ? ', streamed' : ''}`],
    [
      'Took',
      `${toDurationText(call.totalMs)}${call.firstTokenMs === null ? '' : `, first token ${toDurationText(call.firstTokenMs)}`}`,
    ],
    ['Tokens in / out', `${toTokensText(call)} (${call.usageSource})`],
    ['Cost', toCostText(call)],
    ['Decision', toSafeText(`${call.decision.verdict}: ${call.decision.reason}`)],
    ['Bodies', call.bodies],
    ['Chain', `${toSafeText(call.position.writer)} ${call.position.seq} ${call.position.hash}`],
    ...(call.loss.length === 0
      ? []
      : [['Lost in translation', toSafeText(call.loss.join(', '))] as [string, string]]),
  ];
  const attempts = toTable(
    call.attempts,
    [
      { title: 'TRIED', text: (attempt) => attempt.offer },
      { title: 'STATUS', isNumber: true, text: (attempt) => String(attempt.status ?? '–') },
      { title: 'FAILURE', text: (attempt) => attempt.failure ?? '–' },
      { title: 'CAUSE', text: (attempt) => attempt.cause ?? '–' },
      { title: 'FROM', isNumber: true, text: (attempt) => toDurationText(attempt.startMs) },
      { title: 'TO', isNumber: true, text: (attempt) => toDurationText(attempt.endMs) },
    ],
    paint,
  );
  return `${toFacts(facts, paint)}\n${attempts}`;
}

const callShow: Command = {
  noun: 'call',
  verb: 'show',
  words: ['ID'],
  summary: 'Show one call: where it went, what it took, what it cost',
  examples: [
    'changeover call show call_01m84v3w4z02bvnebwb1g8bqwd',
    'changeover call show call_01… --bodies',
  ],
  options: {
    bodies: { type: 'boolean', help: 'Show what was sent and answered, when the route keeps it' },
    ...serverOptions,
  },
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const path = `/api/calls/${encodeURIComponent(context.words[0] ?? '')}`;
    if (context.flag('bodies')) {
      const bodies = await api.value.get<CallBodiesView>(`${path}/bodies`);
      if (!bodies.ok) return bodies;
      const { request, response } = bodies.value.body;
      await context.print(context.isJson ? bodies.value.text : `${request}\n\n${response}\n`);
      return done(0);
    }
    const call = await api.value.get<Call>(path);
    if (!call.ok) return call;
    await context.print(context.isJson ? call.value.text : toCallText(call.value.body, context));
    return done(0);
  },
};

/** Between looks for new calls. */
const tailEveryMs = 1000;

/** Calls of one look, and looks further back when more have come than fit in one. */
const tailPageCalls = 200;
const tailPages = 10;

interface News {
  /** Oldest first. */
  readonly calls: readonly Call[];
  /** True when more have come than were fetched. */
  readonly isCut: boolean;
}

/** The calls since those that were seen, page by page back to the first one that is known. */
async function fetchNews(
  api: ApiClient,
  filter: URLSearchParams,
  seen: ReadonlySet<string>,
): Promise<Outcome<News>> {
  const query = new URLSearchParams(filter);
  query.set('limit', String(tailPageCalls));
  const calls: Call[] = [];
  for (let page = 0; page < tailPages; page++) {
    const answer = await api.get<CallPage>(`/api/calls?${query.toString()}`);
    if (!answer.ok) return answer;
    const { body } = answer.value;
    const known = body.calls.findIndex((call) => seen.has(call.id));
    calls.push(...(known === -1 ? body.calls : body.calls.slice(0, known)));
    if (known !== -1 || body.next === null) return done({ calls: calls.toReversed(), isCut: false });
    query.set('cursor', body.next);
  }
  return done({ calls: calls.toReversed(), isCut: true });
}

/**
 * Shows what comes until the reader has had enough. What was there before is not shown, but for the last few.
 */
async function follow(
  context: CommandContext,
  api: ApiClient,
  { filter, signal }: { readonly filter: URLSearchParams; readonly signal: AbortSignal },
): Promise<Outcome<number>> {
  const start = new URLSearchParams(filter);
  start.set('limit', String(tailPageCalls));
  const first = await api.get<CallPage>(`/api/calls?${start.toString()}`);
  if (!first.ok) return signal.aborted ? done(0) : first;
  let seen = new Set(first.value.body.calls.map((call) => call.id));
  let fresh: readonly Call[] = first.value.body.calls.slice(0, shownAtStart).toReversed();
  const table = createTable(columns, context.paint);
  while (!signal.aborted) {
    if (fresh.length > 0) {
      const lines = context.isJson
        ? fresh.map((call) => `${JSON.stringify(call)}\n`).join('')
        : table.draw(fresh);
      await context.print(lines);
    }
    await context.io.sleep(tailEveryMs, signal);
    if (signal.aborted) break;
    const news = await fetchNews(api, filter, seen);
    if (!news.ok) return signal.aborted ? done(0) : news;
    if (news.value.isCut) {
      await context.remark('Some calls are left out: they come faster than they are shown\n');
    }
    fresh = news.value.calls;
    // Only the newest page can come again, so that is all that must be remembered.
    seen = new Set([...seen, ...fresh.map((call) => call.id)].slice(-2 * tailPageCalls));
  }
  return done(0);
}

/** Calls from before that a tail begins with, as a sign that it looks at the right place. */
const shownAtStart = 5;

const callTail: Command = {
  noun: 'call',
  verb: 'tail',
  words: [],
  summary: 'Follow calls as they end, until Ctrl-C',
  examples: ['changeover call tail', 'changeover call tail --route support --json'],
  options: { ...filterOptions, ...serverOptions },
  async run(context) {
    const filter = toFilter(context);
    if (!filter.ok) return filter;
    const signal = context.io.interrupted();
    const api = context.connect(signal);
    return api.ok ? follow(context, api.value, { filter: filter.value, signal }) : api;
  },
};

export const callCommands = [callList, callShow, callTail];
