import {
  type Allowance,
  type Endpoint,
  findObjection,
  isCountry,
  type Offer,
  parseOfferName,
} from '../catalog/index.ts';
import type { Route, Share } from '../routing/index.ts';
import { toCountryFinding, toMs } from './check-endpoint.ts';
import { quote } from './quote.ts';
import type { Path } from './read-yaml.ts';
import type { Report } from './report.ts';
import type { RouteDocument } from './schema.ts';
import { toNameRemedy } from './suggest.ts';

/** What routes may name. */
export interface Offering {
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly offers: ReadonlyMap<string, Offer>;
  /** Endpoints that have errors of their own; what names them is not judged a second time. */
  readonly broken: ReadonlySet<string>;
}

/** A route of the document. */
export interface NamedRoute {
  readonly name: string;
  readonly document: RouteDocument;
}

/** Checks a route against what is offered and builds it; problems go to the report. */
export function checkRoute({ name, document }: NamedRoute, offering: Offering, report: Report): Route {
  const path: Path = ['routes', name];
  const allow = checkAllow(document, path, report);
  const serve: Share[] = [];
  if (typeof document.serve === 'string') {
    serve.push({ offer: document.serve, share: 1 });
    checkOffer({ offer: document.serve, path: [...path, 'serve'], allow }, offering, report);
  } else {
    for (const [index, entry] of document.serve.entries()) {
      serve.push(entry);
      const place = [...path, 'serve', index, 'offer'];
      checkTwice(
        document.serve.slice(0, index).map((other) => other.offer),
        entry.offer,
        { place, report },
      );
      checkOffer({ offer: entry.offer, path: place, allow }, offering, report);
    }
  }
  const fallback = document.fallback ?? [];
  for (const [index, offer] of fallback.entries()) {
    const place = [...path, 'fallback', index];
    checkTwice(fallback.slice(0, index), offer, { place, report });
    checkOffer({ offer, path: place, allow }, offering, report);
  }
  const { first_byte, first_token, idle, total } = document.timeouts ?? {};
  return {
    name,
    serve,
    fallback,
    allow,
    keepBodiesMs: document.bodies === undefined ? null : toMs(document.bodies.keep),
    phases: {
      ...(first_byte === undefined ? {} : { firstByteMs: toMs(first_byte) }),
      ...(first_token === undefined ? {} : { firstTokenMs: toMs(first_token) }),
      ...(idle === undefined ? {} : { idleMs: toMs(idle) }),
      ...(total === undefined ? {} : { totalMs: toMs(total) }),
    },
  };
}

function checkTwice(
  before: readonly string[],
  offer: string,
  { place, report }: { readonly place: Path; readonly report: Report },
): void {
  if (!before.includes(offer)) return;
  report.error({
    path: place,
    text: `Cannot list offer "${offer}" twice`,
    remedy: 'Remove one of the two; one share can say it all',
  });
}

function checkAllow(document: RouteDocument, path: Path, report: Report): Allowance {
  const { runs_in: runsIn, data_in: dataIn, operators } = document.allow ?? {};
  for (const [field, codes] of [
    ['runs_in', runsIn ?? []],
    ['data_in', dataIn ?? []],
  ] as const) {
    for (const [index, code] of codes.entries()) {
      if (!isCountry(code)) report.error(toCountryFinding([...path, 'allow', field, index], code));
    }
  }
  for (const [index, operator] of (operators ?? []).entries()) {
    const place = [...path, 'allow', 'operators', index];
    if (/^[A-Z]{2}$/.test(operator)) {
      if (!isCountry(operator)) report.error(toCountryFinding(place, operator));
    } else if (!/^[a-z0-9][a-z0-9.-]*$/.test(operator) || operator === 'unknown') {
      report.error({
        path: place,
        text: `Cannot allow operator ${quote(operator)}: it is neither a country code nor a short name`,
        remedy: 'Write two capital letters, or a name of a–z, 0–9, dots and dashes, e.g. alibaba',
      });
    }
  }
  return { runsIn: runsIn ?? null, dataIn: dataIn ?? null, operators: operators ?? null };
}

interface NamedOffer {
  readonly offer: string;
  readonly path: Path;
  readonly allow: Allowance;
}

function checkOffer({ offer, path, allow }: NamedOffer, offering: Offering, report: Report): void {
  const parsed = parseOfferName(offer);
  if (!parsed.ok) {
    const remedy = 'Write it as model@endpoint';
    report.error({ path, text: `Cannot use offer "${offer}": it names no endpoint`, remedy });
    return;
  }
  const { model, endpoint: endpointName } = parsed.value;
  if (offering.broken.has(endpointName)) return;
  const endpoint = offering.endpoints.get(endpointName);
  if (endpoint === undefined) {
    const known = [...offering.endpoints.keys()];
    report.error({
      path,
      text: `Cannot use offer "${offer}": there is no endpoint "${endpointName}"`,
      remedy: toNameRemedy(endpointName, known),
    });
    return;
  }
  if (!offering.offers.has(offer)) {
    const models = [...offering.offers.values()]
      .filter((entry) => entry.endpoint === endpointName)
      .map((entry) => entry.model);
    report.error({
      path,
      text: `Cannot use offer "${offer}": endpoint "${endpointName}" does not list model "${model}"`,
      remedy: `${toNameRemedy(model, models)}, or add it to the models of the endpoint`,
    });
    return;
  }
  const objection = findObjection(allow, endpoint.jurisdiction);
  if (objection === null) return;
  report.error({
    path,
    text: `Cannot use offer "${offer}" here: the route's "allow" excludes it, because ${objection}`,
    remedy: `Choose another offer, widen "allow", or write what you know into endpoints.${endpointName}.jurisdiction`,
  });
}
