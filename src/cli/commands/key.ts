import type { CreatedKey, CreateKey, Key, KeyPage } from '../../api/contract.ts';
import { type Command, type CommandContext, serverOptions } from '../command.ts';
import { toSafeText } from '../display-width.ts';
import { toTimeText } from '../format.ts';
import { done, type Outcome, wrongUsage } from '../problem.ts';
import { toTable } from '../table.ts';

function toLimitsText({ maxConcurrent, budget }: Key): string {
  const parts = [
    ...(maxConcurrent === null ? [] : [`${maxConcurrent} at once`]),
    ...(budget === null ? [] : [`${budget.amount} ${budget.currency}/${budget.period}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function toStateText({ revokedAt, expiresAt }: Key, now: number): string {
  if (revokedAt !== null) return `revoked ${toTimeText(revokedAt)}`;
  if (expiresAt === null) return 'valid';
  return `${expiresAt <= now ? 'expired' : 'valid until'} ${toTimeText(expiresAt)}`;
}

function toBudget(text: string): Outcome<CreateKey['budget']> {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Z]{3})\/(day|month|total)$/.exec(text);
  if (match === null) {
    return wrongUsage(
      `Cannot read the budget "${text}"`,
      'Write it as 100USD/month, 5EUR/day or 1000USD/total',
    );
  }
  const [, amount = '', currency = '', period = ''] = match;
  return done({ amount, currency, period: period as 'day' | 'month' | 'total' });
}

function toExpiry(text: string | undefined): Pick<CreateKey, 'expiresAt' | 'expiresIn'> {
  if (text === undefined) return {};
  return /^\d+[smhd]$/.test(text) ? { expiresIn: text } : { expiresAt: text };
}

function toCreateKey(context: CommandContext): Outcome<CreateKey> {
  const budgetText = context.text('budget');
  const budget = budgetText === undefined ? done(undefined) : toBudget(budgetText);
  if (!budget.ok) return budget;
  const routes = context.list('route');
  const team = context.text('team');
  const org = context.text('org');
  const concurrent = context.text('max-concurrent');
  if (concurrent !== undefined && !/^\d{1,6}$/.test(concurrent)) {
    return wrongUsage(`Cannot read --max-concurrent "${concurrent}"`, 'Give a whole number');
  }
  return done({
    name: context.words[0] ?? '',
    ...(routes.length === 0 ? {} : { routes: [...routes] }),
    ...(team === undefined ? {} : { team }),
    ...(org === undefined ? {} : { org }),
    ...(concurrent === undefined ? {} : { maxConcurrent: Number(concurrent) }),
    ...(budget.value === undefined ? {} : { budget: budget.value }),
    ...toExpiry(context.text('expires')),
  });
}

const keyCreate: Command = {
  noun: 'key',
  verb: 'create',
  words: ['NAME'],
  summary: 'Create a client key; it is shown this once',
  examples: [
    'changeover key create helpdesk --route support --expires 90d',
    'changeover key create batch --budget 100USD/month --max-concurrent 8',
  ],
  options: {
    route: {
      type: 'string',
      value: 'ROUTE',
      isRepeatable: true,
      help: 'A route that it may use; default all',
    },
    team: { type: 'string', value: 'TEAM', help: 'Team that its calls belong to' },
    org: { type: 'string', value: 'ORG', help: 'Organisation that its calls belong to; default main' },
    expires: {
      type: 'string',
      value: 'WHEN',
      help: 'A time from now (30d, 12h) or a date (2027-01-01T00:00:00Z)',
    },
    'max-concurrent': { type: 'string', value: 'N', help: 'Calls in flight at once' },
    budget: { type: 'string', value: 'BUDGET', help: 'Money that it may spend: 100USD/month' },
    ...serverOptions,
  },
  async run(context) {
    const wanted = toCreateKey(context);
    if (!wanted.ok) return wanted;
    const api = context.connect();
    if (!api.ok) return api;
    const made = await api.value.send<CreatedKey>('POST', '/api/keys', wanted.value);
    if (!made.ok) return made;
    if (context.isJson) await context.print(made.value.text);
    else {
      const { id, name, key } = made.value.body;
      await context.remark(`Key "${toSafeText(name)}" (${id}). It is shown this once:\n`);
      await context.print(`${key}\n`);
    }
    return done(0);
  },
};

const keyList: Command = {
  noun: 'key',
  verb: 'list',
  words: [],
  summary: 'List keys, newest first, revoked ones too',
  examples: ['changeover key list', 'changeover key list --limit 500 --json'],
  options: {
    limit: { type: 'string', value: 'N', help: 'Keys of one page, 1 to 500; default 100' },
    cursor: { type: 'string', value: 'CURSOR', help: 'Go on after an earlier page' },
    ...serverOptions,
  },
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const query = new URLSearchParams({ limit: context.text('limit') ?? '100' });
    const cursor = context.text('cursor');
    if (cursor !== undefined) query.set('cursor', cursor);
    const page = await api.value.get<KeyPage>(`/api/keys?${query.toString()}`);
    if (!page.ok) return page;
    if (context.isJson) {
      await context.print(page.value.text);
      return done(0);
    }
    const { keys, next } = page.value.body;
    const now = context.io.now();
    if (keys.length === 0) await context.remark('No keys yet. Make one with "changeover key create NAME".\n');
    else {
      const table = toTable(
        keys,
        [
          { title: 'ID', text: (key) => key.id },
          { title: 'NAME', text: (key) => key.name },
          { title: 'KEY', text: (key) => `${key.hint}…` },
          { title: 'ROUTES', text: (key) => (key.routes === null ? 'all' : key.routes.join(', ')) },
          { title: 'LIMITS', text: toLimitsText },
          {
            title: 'STATE',
            text: (key) => toStateText(key, now),
            paint: (key, paint) => (key.revokedAt === null ? paint.good : paint.bad),
          },
        ],
        context.paint,
      );
      await context.print(table);
    }
    if (next !== null) await context.remark(`More: changeover key list --cursor ${next}\n`);
    return done(0);
  },
};

const keyRevoke: Command = {
  noun: 'key',
  verb: 'revoke',
  words: ['ID'],
  summary: 'Revoke a key; no call starts with it once this returns',
  examples: ['changeover key revoke key_01m84v3w4z02bvnebwb1g8bqwd'],
  options: serverOptions,
  async run(context) {
    const api = context.connect();
    if (!api.ok) return api;
    const revoked = await api.value.send<Key>(
      'DELETE',
      `/api/keys/${encodeURIComponent(context.words[0] ?? '')}`,
    );
    if (!revoked.ok) return revoked;
    const { name, id } = revoked.value.body;
    await context.print(context.isJson ? revoked.value.text : `Revoked key "${toSafeText(name)}" (${id})\n`);
    return done(0);
  },
};

export const keyCommands = [keyCreate, keyList, keyRevoke];
