import type { Endpoint, Jurisdiction, Offer, Tariff } from '../../catalog/index.ts';
import { unknownPlace } from '../../catalog/index.ts';
import { toMoneyText } from '../../kernel/index.ts';
import type { HealthMap, Route, Serving, Snapshot } from '../../routing/index.ts';
import type { EndpointView, OfferView, RouteView, ServingView } from '../contract.ts';

/** What the views of one answer are made from; one snapshot, so that they agree with each other. */
export interface RouteSource {
  readonly snapshot: Snapshot;
  readonly health: HealthMap;
  /** Epoch milliseconds. */
  readonly now: number;
}

const nowhere: Jurisdiction = {
  runsIn: unknownPlace,
  dataIn: unknownPlace,
  operator: unknownPlace,
  operatorCountry: unknownPlace,
};

function toJurisdiction({ runsIn, dataIn, operator, operatorCountry }: Jurisdiction): Jurisdiction {
  return { runsIn, dataIn, operator, operatorCountry };
}

function toTariff(tariff: Tariff): NonNullable<OfferView['tariff']> {
  return {
    version: tariff.version,
    currency: tariff.currency,
    input: toMoneyText(tariff.input),
    output: toMoneyText(tariff.output),
    cacheRead: tariff.cacheRead === null ? null : toMoneyText(tariff.cacheRead),
  };
}

function toHealth(source: RouteSource, offer: string): OfferView['health'] {
  const health = source.health.get(offer);
  if (health === undefined) {
    return { state: 'fine', consecutiveFailures: 0, coolUntil: null, lastFailureAt: null };
  }
  const isCooling = health.coolUntil > source.now;
  const failing = health.consecutiveFailures > 0 ? 'failing' : 'fine';
  return {
    state: isCooling ? 'cooling' : failing,
    consecutiveFailures: health.consecutiveFailures,
    coolUntil: isCooling ? health.coolUntil : null,
    lastFailureAt: health.lastFailureAt > 0 ? health.lastFailureAt : null,
  };
}

/** An offer with where it runs, what it costs and how it fares. */
function toOffer(source: RouteSource, offer: Offer): OfferView {
  const endpoint = source.snapshot.endpoints.get(offer.endpoint);
  return {
    name: offer.name,
    model: offer.model,
    endpoint: offer.endpoint,
    jurisdiction: toJurisdiction(endpoint?.jurisdiction ?? nowhere),
    simulated: endpoint?.simulated ?? false,
    tariff: offer.tariff === null ? null : toTariff(offer.tariff),
    health: toHealth(source, offer.name),
  };
}

/** A serving without what the store adds to it. */
export function toServing({ route, version, shares, reason, actor, at }: Serving): ServingView {
  return {
    route,
    version,
    shares: shares.map(({ offer, share }) => ({ offer, share })),
    reason,
    actor,
    at,
  };
}

/** A route with what serves it; null when the snapshot has no serving for it, which would be a mistake. */
export function toRoute(source: RouteSource, route: Route): RouteView | null {
  const serving = source.snapshot.serving.get(route.name);
  if (serving === undefined) return null;
  const names = new Set([...serving.shares.map((share) => share.offer), ...route.fallback]);
  const offers = [...names].flatMap((name) => source.snapshot.offers.get(name) ?? []);
  const { runsIn, dataIn, operators } = route.allow;
  return {
    name: route.name,
    serving: toServing(serving),
    fallback: [...route.fallback],
    offers: offers.map((offer) => toOffer(source, offer)),
    allow: {
      runsIn: runsIn === null ? null : [...runsIn],
      dataIn: dataIn === null ? null : [...dataIn],
      operators: operators === null ? null : [...operators],
    },
    keepBodiesMs: route.keepBodiesMs,
  };
}

/** An endpoint with the offers it has. */
export function toEndpoint(source: RouteSource, endpoint: Endpoint): EndpointView {
  const offers = [...source.snapshot.offers.values()].filter((offer) => offer.endpoint === endpoint.name);
  return {
    name: endpoint.name,
    profile: endpoint.profile.name,
    url: endpoint.doors[0]?.url ?? '',
    dialects: endpoint.doors.map((door) => door.dialect),
    jurisdiction: toJurisdiction(endpoint.jurisdiction),
    simulated: endpoint.simulated,
    credential: source.snapshot.credentials.has(endpoint.name),
    offers: offers.map((offer) => toOffer(source, offer)),
  };
}
