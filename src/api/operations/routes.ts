import type { z } from 'zod';
import { findObjection } from '../../catalog/index.ts';
import { failure, type Result, success } from '../../kernel/index.ts';
import type { Route, Share, Snapshot } from '../../routing/index.ts';
import { backBody, routeDetail, routeList, serving, switchBody } from '../schemas/routes.ts';
import { type RouteSource, toRoute, toServing } from '../views/to-route.ts';
import { defineOperation, json, type OperationContext } from './operation.ts';

/** Limit: versions shown in the history of a route; the ledger's events hold all of them. */
const shownHistory = 50;

/** Takes one snapshot for a whole answer. */
export function toSource({ controlPlane, clock }: OperationContext): RouteSource {
  return { snapshot: controlPlane.snapshot(), health: controlPlane.health(), now: clock.now() };
}

function findRoute({ routes }: Snapshot, name: string): Result<Route> {
  const route = routes.get(name);
  return route === undefined ? failure('CHG_ROUTE_UNKNOWN', { route: name.slice(0, 80) }) : success(route);
}

function toShares({ offer, shares }: z.output<typeof switchBody>): Result<readonly Share[]> {
  if ((offer === undefined) === (shares === undefined)) {
    return failure('CHG_FIELD_INVALID', {
      field: '"offer"',
      reason: 'or "shares" must be given, and only one',
    });
  }
  const wanted = shares ?? [{ offer: offer ?? '', share: 1 }];
  const seen = new Set<string>();
  for (const share of wanted) {
    if (seen.has(share.offer)) {
      return failure('CHG_FIELD_INVALID', { field: '"shares"', reason: `name "${share.offer}" twice` });
    }
    seen.add(share.offer);
  }
  return success(wanted);
}

/** A serving that the data plane would refuse call by call is refused here, before anything is written. */
function checkShares(snapshot: Snapshot, route: Route, shares: readonly Share[]): Result<null> {
  for (const { offer: name } of shares) {
    const offer = snapshot.offers.get(name);
    const endpoint = offer === undefined ? undefined : snapshot.endpoints.get(offer.endpoint);
    if (endpoint === undefined) return failure('CHG_OFFER_UNKNOWN', { offer: name });
    const objection = findObjection(route.allow, endpoint.jurisdiction);
    if (objection !== null) return failure('CHG_POLICY_REFUSED', { reason: `${name}: ${objection}` });
  }
  return success(null);
}

const listRoutes = defineOperation({
  id: 'listRoutes',
  method: 'GET',
  path: '/api/routes',
  summary: 'Lists all routes with what serves them',
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'All routes', schema: routeList },
  failures: [],
  async handle(_input, context) {
    const source = toSource(context);
    const routes = [...source.snapshot.routes.values()].flatMap((route) => toRoute(source, route) ?? []);
    return json({ routes: routes.toSorted((left, right) => (left.name < right.name ? -1 : 1)) });
  },
});

const showRoute = defineOperation({
  id: 'showRoute',
  method: 'GET',
  path: '/api/routes/{name}',
  summary: `Shows one route with its last ${shownHistory} servings`,
  access: 'admin',
  query: null,
  body: null,
  answer: { status: 200, description: 'The route', schema: routeDetail },
  failures: ['CHG_ROUTE_UNKNOWN'],
  async handle({ path }, context) {
    const source = toSource(context);
    const found = findRoute(source.snapshot, path.name);
    if (!found.ok) return found;
    const history = await context.controlPlane.servingHistory(path.name, shownHistory);
    if (!history.ok) return history;
    const versions = history.value.map((version) => ({
      ...toServing(version),
      origin: version.origin,
      backTo: version.backTo,
    }));
    return json({ ...toRoute(source, found.value), history: versions });
  },
});

const switchServing = defineOperation({
  id: 'switchServing',
  method: 'PUT',
  path: '/api/routes/{name}/serving',
  summary: 'Switches a route: the next call goes to what is named here',
  access: 'admin',
  query: null,
  body: switchBody,
  answer: { status: 200, description: 'What serves now', schema: serving },
  failures: ['CHG_ROUTE_UNKNOWN', 'CHG_OFFER_UNKNOWN', 'CHG_POLICY_REFUSED', 'CHG_SERVING_CONFLICT'],
  async handle({ path, body }, { controlPlane, actor }) {
    const snapshot = controlPlane.snapshot();
    const route = findRoute(snapshot, path.name);
    if (!route.ok) return route;
    const shares = toShares(body);
    if (!shares.ok) return shares;
    const checked = checkShares(snapshot, route.value, shares.value);
    if (!checked.ok) return checked;
    const switched = await controlPlane.switchServing({
      route: path.name,
      shares: shares.value,
      reason: body.reason,
      expectedVersion: body.expectedVersion ?? null,
      actor,
    });
    return switched.ok ? json(toServing(switched.value)) : switched;
  },
});

const switchBack = defineOperation({
  id: 'switchBack',
  method: 'POST',
  path: '/api/routes/{name}/back',
  summary: 'Goes back to what served before, as a new version',
  access: 'admin',
  query: null,
  body: backBody,
  answer: { status: 200, description: 'What serves now', schema: serving },
  failures: ['CHG_ROUTE_UNKNOWN', 'CHG_SERVING_NO_PREVIOUS', 'CHG_SERVING_CONFLICT', 'CHG_OFFER_UNKNOWN'],
  async handle({ path, body }, { controlPlane, actor }) {
    const route = findRoute(controlPlane.snapshot(), path.name);
    if (!route.ok) return route;
    const back = await controlPlane.backServing({
      route: path.name,
      reason: body.reason,
      expectedVersion: body.expectedVersion ?? null,
      actor,
    });
    return back.ok ? json(toServing(back.value)) : back;
  },
});

export const routeOperations = [listRoutes, showRoute, switchServing, switchBack];
