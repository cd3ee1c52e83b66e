import { isUtf8 } from 'node:buffer';
import type { z } from 'zod';
import { failure } from '../../kernel/index.ts';
import type { CallFilter, EventPageRequest, PageRequest } from '../../ledger/index.ts';
import { call, callBodies, callPage, callQuery } from '../schemas/calls.ts';
import { eventPage, eventQuery } from '../schemas/server.ts';
import { toCall, toEvent } from '../views/to-call.ts';
import { defineOperation, json } from './operation.ts';

/** Leaves out what is undefined, because the ledger's requests know left-out fields only. */
function withoutGaps<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: NonNullable<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]: NonNullable<Fields[Name]>;
  };
}

function toPageRequest({
  org,
  limit,
  cursor,
}: {
  org?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}): PageRequest {
  return withoutGaps({ org, limit, cursor });
}

function toCallFilter(query: z.output<typeof callQuery>): CallFilter {
  const { team, key, route, offer, purpose, task, conversation, failed, from, to } = query;
  return withoutGaps({
    team,
    key,
    route,
    offer,
    purpose,
    task,
    conversation,
    failed,
    fromMs: from,
    toMs: to,
  });
}

const listCalls = defineOperation({
  id: 'listCalls',
  method: 'GET',
  path: '/api/calls',
  summary: 'Lists calls, newest first; a page may be short while "next" is set',
  access: 'admin',
  query: callQuery,
  body: null,
  answer: { status: 200, description: 'One page', schema: callPage },
  failures: [],
  async handle({ query }, { controlPlane }) {
    const page = await controlPlane.ledger.calls({ ...toPageRequest(query), filter: toCallFilter(query) });
    return page.ok ? json({ calls: page.value.calls.map(toCall), next: page.value.next }) : page;
  },
});

const showCall = defineOperation({
  id: 'showCall',
  method: 'GET',
  path: '/api/calls/{id}',
  summary: 'Shows one call',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'The call', schema: call },
  failures: ['CHG_NOT_FOUND'],
  async handle({ path }, { controlPlane }) {
    const found = await controlPlane.ledger.call(path.id);
    return found === null
      ? failure('CHG_NOT_FOUND', { what: 'call', id: path.id.slice(0, 80) })
      : json(toCall(found.call));
  },
});

const showBodies = defineOperation({
  id: 'showCallBodies',
  method: 'GET',
  path: '/api/calls/{id}/bodies',
  summary: 'Shows what a call sent and got, when its route keeps bodies',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'Both bodies', schema: callBodies },
  failures: ['CHG_NOT_FOUND'],
  async handle({ path }, { controlPlane }) {
    const found = await controlPlane.ledger.call(path.id);
    if (found === null || found.bodies === null) {
      const what = found === null ? 'call' : `bodies (${found.call.bodies}) of call`;
      return failure('CHG_NOT_FOUND', { what, id: path.id.slice(0, 80) });
    }
    const request = Buffer.from(found.bodies.request);
    const response = Buffer.from(found.bodies.response);
    const encoding = isUtf8(request) && isUtf8(response) ? 'utf8' : 'base64';
    return json({ request: request.toString(encoding), response: response.toString(encoding), encoding });
  },
});

const listEvents = defineOperation({
  id: 'listEvents',
  method: 'GET',
  path: '/api/events',
  summary: 'Lists decisions and changes, newest first: switches, keys, configurations, erasures',
  access: 'admin',
  query: eventQuery,
  body: null,
  answer: { status: 200, description: 'One page', schema: eventPage },
  failures: [],
  async handle({ query }, { controlPlane }) {
    const { event, subject } = query;
    const request: EventPageRequest = { ...toPageRequest(query), ...withoutGaps({ event, subject }) };
    const page = await controlPlane.ledger.events(request);
    return page.ok ? json({ events: page.value.events.map(toEvent), next: page.value.next }) : page;
  },
});

export const callOperations = [listCalls, showCall, showBodies, listEvents];
