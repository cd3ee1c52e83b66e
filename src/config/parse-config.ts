import { type Endpoint, type EndpointSettings, type Offer, profiles, toEndpoint } from '../catalog/index.ts';
import type { Route } from '../routing/index.ts';
import { checkEndpoint, type NamedEndpoint } from './check-endpoint.ts';
import { checkRoute } from './check-route.ts';
import { checkRest } from './check-rest.ts';
import type { ConfigProblem, Position } from './problem.ts';
import { type Path, problemsMax, readYaml, type YamlDocument } from './read-yaml.ts';
import { createReport, type Report } from './report.ts';
import { type ConfigDocument, documentSchema } from './schema.ts';
import { toShapeProblems } from './shape-problems.ts';
import { toOffers } from './to-offers.ts';

/** A checked endpoint: its document and profile, and what `toEndpoint` needs. */
export interface CheckedEndpoint extends NamedEndpoint {
  readonly settings: EndpointSettings;
}

/** A configuration that has been read and checked as far as that is possible without files and environment. */
export interface Config {
  /** Name of the file, as the caller gave it. */
  readonly file: string;
  readonly document: ConfigDocument;
  readonly endpoints: ReadonlyMap<string, CheckedEndpoint>;
  readonly routes: ReadonlyMap<string, Route>;
  /** Names of profiles of simulators that this process must start, because no URL is given for them. */
  readonly simulators: readonly string[];
  readonly warnings: readonly ConfigProblem[];
  /** Where a value, or the nearest thing above it, stands in the text. */
  locate(path: Path): Position | null;
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/**
 * Reads a `changeover.yaml`. All problems come at once, each with line, column, path and remedy, in the
 * order of the text; at most a hundred. What only files or the environment can tell is left to `toSettings`.
 */
export function parseConfig(text: string, file: string): ParsedConfig {
  const read = readYaml(text, file);
  if (!read.ok) return read;
  const { document: yaml } = read;
  const shape = documentSchema.safeParse(yaml.value);
  const report = createReport(file, yaml);
  const shapeProblems = shape.success ? [] : toShapeProblems(shape.error.issues, yaml, file);
  const partial = shape.success
    ? { document: shape.data, dropped: [] }
    : toSoundPart(yaml, shape.error.issues);
  const checked = partial === null ? null : checkDocument(partial.document, partial.dropped, report);
  const problems = [...shapeProblems, ...report.problems];
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (errors.length > 0 || partial === null || checked === null) {
    return { ok: false, problems: toTextOrder(problems).slice(0, problemsMax) };
  }
  return {
    ok: true,
    config: {
      file,
      document: partial.document,
      ...checked,
      warnings: toTextOrder(problems),
      locate: (path) => yaml.locate(path, 'value'),
    },
  };
}

function toTextOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((left, right) => {
    const lines = (left.position?.line ?? 0) - (right.position?.line ?? 0);
    return lines === 0 ? (left.position?.column ?? 0) - (right.position?.column ?? 0) : lines;
  });
}

/**
 * What of a wrong document can still be checked: without the entries in which the schema found something,
 * so that one wrong key does not hide all other problems. Null when nothing remains.
 */
function toSoundPart(
  yaml: YamlDocument,
  issues: readonly { readonly path: readonly PropertyKey[] }[],
): { readonly document: ConfigDocument; readonly dropped: readonly string[] } | null {
  if (typeof yaml.value !== 'object' || yaml.value === null || Array.isArray(yaml.value)) return null;
  const whole = yaml.value as Readonly<Record<string, unknown>>;
  // Without endpoints each offer would be called unknown, which is noise.
  if (typeof whole['endpoints'] !== 'object' || whole['endpoints'] === null) return null;
  const dropped = new Set(issues.map(({ path }) => path.slice(0, 2).map(String).join('\n')));
  const sound: Record<string, unknown> = { endpoints: {}, routes: {} };
  for (const [section, value] of Object.entries(whole)) {
    if (!Object.hasOwn(documentSchema.shape, section)) continue;
    if (section !== 'endpoints' && section !== 'routes') {
      const isWrong = [...dropped].some((path) => path === section || path.startsWith(`${section}\n`));
      if (!isWrong) sound[section] = value;
      continue;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const entries = Object.entries(value).filter(([name]) => !dropped.has(`${section}\n${name}`));
    sound[section] = Object.fromEntries(entries);
  }
  const again = documentSchema.safeParse(sound);
  if (!again.success) return null;
  const endpoints = toNames(whole['endpoints']).filter((name) => dropped.has(`endpoints\n${name}`));
  return { document: again.data, dropped: endpoints };
}

function toNames(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

type Checked = Pick<Config, 'endpoints' | 'routes' | 'simulators'>;

function checkDocument(document: ConfigDocument, dropped: readonly string[], report: Report): Checked {
  const checked = new Map<string, CheckedEndpoint>();
  const endpoints = new Map<string, Endpoint>();
  const offers = new Map<string, Offer>();
  const broken = new Set(dropped);
  for (const [name, part] of Object.entries(document.endpoints)) {
    const entry = profiles.get(part.profile);
    // The schema knows the same names.
    if (entry === undefined) throw new Error(`Cannot find profile "${part.profile}"`);
    const named: NamedEndpoint = { name, document: part, entry };
    const settings = checkEndpoint(named, report);
    if (settings === null) {
      broken.add(name);
      continue;
    }
    checked.set(name, { ...named, settings });
    endpoints.set(name, toEndpoint(entry, settings));
    for (const offer of toOffers(named)) offers.set(offer.name, offer);
  }
  const routes = new Map<string, Route>();
  for (const [name, part] of Object.entries(document.routes)) {
    routes.set(name, checkRoute({ name, document: part }, { endpoints, offers, broken }, report));
  }
  checkRest(document, report);
  const simulators = [...checked.values()]
    .filter(({ entry, document: part }) => entry.kind === 'simulated' && part.url === undefined)
    .map(({ entry }) => entry.profile.name);
  return { endpoints: checked, routes, simulators: [...new Set(simulators)] };
}
