import type { OfferView, RouteDetail, RouteList, ServingView, Switch } from '../../api/contract.ts';
import type { ApiClient } from '../api-client.ts';
import { type Command, type CommandContext, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { toDurationText, toSharesText, toTimeText } from '../format.ts';
import { done, type Outcome, wrongUsage } from '../problem.ts';
import { toFacts, toTable } from '../table.ts';

function toPath(route: string): string {
  return `/api/routes/${encodeURIComponent(route)}`;
}

function toPlaceText({ jurisdiction: { runsIn, dataIn, operator, operatorCountry } }: OfferView): string {
  return `runs in ${runsIn}, data in ${dataIn}, by ${operator} (${operatorCountry})`;
}

function toHealthText({ health }: OfferView, now: number): string {
  if (health.state === 'cooling' && health.coolUntil !== null) {
    return `resting ${toDurationText(Math.max(0, health.coolUntil - now))} after ${health.consecutiveFailures} failures`;
  }
  return health.state === 'failing' ? `failed ${health.consecutiveFailures} times` : 'fine';
}

/** How the shell must be given a word that may hold anything. */
function toShellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${toSafeText(text).replaceAll("'", String.raw`'\''`)}'`;
}

const routeList: Command = {
  noun: 'route',
  verb: 'list',
  words: [],
  summary: 'List routes with what serves them',
  examples: ['changeover route list'],
  options: serverOptions,
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const list = await api.value.get<RouteList>('/api/routes');
    if (!list.ok) return list;
    if (context.isJson) {
      await context.print(list.value.text);
      return done(0);
    }
    const table = toTable(
      list.value.body.routes,
      [
        { title: 'ROUTE', text: (route) => route.name },
        { title: 'SERVES', text: (route) => toSharesText(route.serving.shares) },
        { title: 'THEN', text: (route) => route.fallback.join(', ') || '–' },
        {
          title: 'RUNS IN',
          text: (route) => [...new Set(route.offers.map((offer) => offer.jurisdiction.runsIn))].join(', '),
        },
        { title: 'VERSION', isNumber: true, text: (route) => String(route.serving.version) },
        { title: 'SINCE', text: (route) => toTimeText(route.serving.at) },
      ],
      context.paint,
    );
    await context.print(table);
    return done(0);
  },
};

function toRouteText(route: RouteDetail, { paint, io }: CommandContext): string {
  const { serving } = route;
  const facts = toFacts(
    [
      ['Route', paint.bold(toSafeText(route.name))],
      [
        'Serves',
        `${toSharesText(serving.shares)} (version ${serving.version}, since ${toTimeText(serving.at)})`,
      ],
      ['Then', toSafeText(route.fallback.join(', ') || '–')],
      ['Bodies', route.keepBodiesMs === null ? 'not kept' : `kept ${toDurationText(route.keepBodiesMs)}`],
    ],
    paint,
  );
  const offers = toTable(
    route.offers,
    [
      { title: 'OFFER', text: (offer) => (offer.simulated ? `${offer.name} (simulated)` : offer.name) },
      { title: 'WHERE', text: toPlaceText },
      {
        title: 'HEALTH',
        text: (offer) => toHealthText(offer, io.now()),
        paint: (offer, colours) => (offer.health.state === 'fine' ? colours.good : colours.bad),
      },
    ],
    paint,
  );
  const history = toTable(
    route.history,
    [
      { title: 'VERSION', isNumber: true, text: (version) => String(version.version) },
      { title: 'AT', text: (version) => toTimeText(version.at) },
      { title: 'BY', text: (version) => `${version.actor} (${version.origin})` },
      { title: 'SERVED', text: (version) => toSharesText(version.shares) },
      { title: 'REASON', text: (version) => version.reason },
    ],
    paint,
  );
  return `${facts}\n${offers}\n${history}`;
}

const routeShow: Command = {
  noun: 'route',
  verb: 'show',
  words: ['ROUTE'],
  summary: 'Show a route: what serves, where it runs, how it fares, and its history',
  examples: ['changeover route show support'],
  options: serverOptions,
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const route = await api.value.get<RouteDetail>(toPath(context.words[0] ?? ''));
    if (!route.ok) return route;
    await context.print(context.isJson ? route.value.text : toRouteText(route.value.body, context));
    return done(0);
  },
};

/** `OFFER` alone, or several as `OFFER=SHARE`. The offer's name may itself hold `=`. */
function toTargets(words: readonly string[]): Outcome<Pick<Switch, 'offer' | 'shares'>> {
  const [first = ''] = words;
  if (words.length === 1 && !/=[\d.]+$/.test(first)) return done({ offer: first });
  const shares: { offer: string; share: number }[] = [];
  for (const word of words) {
    const match = /^(.+)=(\d+(?:\.\d+)?)$/.exec(word);
    if (match === null) {
      return wrongUsage(
        `Cannot read the share of "${word}"`,
        'Write several offers as OFFER=SHARE OFFER=SHARE',
      );
    }
    shares.push({ offer: match[1] ?? '', share: Number(match[2]) });
  }
  return done({ shares });
}

/**
 * The version that a change expects: the one that was named, else the one that the reader is shown as the old
 * one.
 */
function toExpected(context: CommandContext, before: ServingView): Outcome<number> {
  const named = context.text('expect');
  if (named === undefined) return done(before.version);
  if (/^[1-9]\d{0,9}$/.test(named)) return done(Number(named));
  return wrongUsage(`Cannot read --expect "${named}"`, 'Give the version that "changeover route show" tells');
}

interface Change {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: object;
  /** What to say after it. */
  readonly toHint: (route: string, before: ServingView) => string;
}

/** Reads what serves, changes it if it still does, and says what was and what is. */
async function change(
  context: CommandContext,
  api: ApiClient,
  { method, path, body, toHint }: Change,
): Promise<Outcome<number>> {
  const route = context.words[0] ?? '';
  const detail = await api.get<RouteDetail>(toPath(route));
  if (!detail.ok) return detail;
  const before = detail.value.body.serving;
  const expectedVersion = toExpected(context, before);
  if (!expectedVersion.ok) return expectedVersion;
  const changed = await api.send<ServingView>(method, `${toPath(route)}/${path}`, {
    ...body,
    expectedVersion: expectedVersion.value,
  });
  if (!changed.ok) return changed;
  if (context.isJson) {
    await context.print(changed.value.text);
    return done(0);
  }
  const after = changed.value.body;
  const { paint } = context;
  await context.print(
    `Route "${toSafeText(route)}": ${toSharesText(before.shares)} → ${paint.good(toSharesText(after.shares))} ` +
      `(version ${after.version})\n`,
  );
  await context.remark(toHint(route, before));
  return done(0);
}

const changeOptions: Command['options'] = {
  reason: { type: 'string', value: 'TEXT', help: 'Why; it is kept in the history and in the ledger' },
  expect: {
    type: 'string',
    value: 'VERSION',
    help: 'Refuse when another version serves by now; default the one shown',
  },
  ...serverOptions,
};

function toReason(context: CommandContext): Outcome<string> {
  const reason = context.text('reason');
  if (reason !== undefined) return done(reason);
  return wrongUsage('Cannot change a route without a reason', 'Add --reason "why"');
}

const routeSwitch: Command = {
  noun: 'route',
  verb: 'switch',
  words: ['ROUTE', 'OFFER[=SHARE]…'],
  summary: 'Switch a route; the next call goes to the offer named here',
  details:
    'Several offers share the calls by weight; a conversation stays with its offer. The switch is refused when somebody else has switched meanwhile.',
  examples: [
    'changeover route switch support qwen3.7-plus@qwen-sg --reason "half the price, trial passed"',
    'changeover route switch support gpt-5.5@openai=90 qwen3.7-plus@qwen-sg=10 --reason ramp',
  ],
  options: changeOptions,
  async run(context) {
    const targets = toTargets(context.words.slice(1));
    if (!targets.ok) return targets;
    const reason = toReason(context);
    if (!reason.ok) return reason;
    const api = context.connect();
    if (!api.ok) return api;
    return change(context, api.value, {
      method: 'PUT',
      path: 'serving',
      body: { ...targets.value, reason: reason.value },
      toHint: (route) => `Go back with: changeover route back ${toShellWord(route)}\n`,
    });
  },
};

const routeBack: Command = {
  noun: 'route',
  verb: 'back',
  words: ['ROUTE'],
  summary: 'Go back to what served a route before',
  details: 'Going back again goes further back. It needs no reason: who must go back has no time for one.',
  examples: ['changeover route back support', 'changeover route back support --reason "answers got worse"'],
  options: changeOptions,
  async run(context) {
    const reason = context.text('reason');
    const api = context.connect();
    if (!api.ok) return api;
    return change(context, api.value, {
      method: 'POST',
      path: 'back',
      body: reason === undefined ? {} : { reason },
      toHint: (route, before) => {
        const [only] = before.shares;
        const targets =
          before.shares.length === 1
            ? toShellWord(only?.offer ?? '')
            : before.shares.map(({ offer, share }) => toShellWord(`${offer}=${share}`)).join(' ');
        return `Switch again with: changeover route switch ${toShellWord(route)} ${targets} --reason "…"\n`;
      },
    });
  },
};

export const routeCommands = [routeList, routeShow, routeSwitch, routeBack];
