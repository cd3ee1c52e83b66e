import { Document, type Pair, type Scalar, visit } from 'yaml';
import { type ProfileEntry, profiles } from '../catalog/index.ts';
import type { ConfigDocument, EndpointDocument, RouteDocument } from './schema.ts';
import { modelNamePattern, routeNamePattern } from './schema-values.ts';

/** What discovery may ask of the world around it. */
export interface DiscoveryPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * GETs a URL on loopback without a key, following no redirect, and gives up after 300 ms or 1 MiB. Null
   * when nothing answers.
   */
  probe(url: string): Promise<{ readonly status: number; readonly body: string } | null>;
  /** False for CHANGEOVER_DISCOVER=0: then there are simulators only, and nothing is looked at. */
  readonly isOn: boolean;
}

/** One thing that was found, as a sentence for the person who starts the gateway. */
export interface Discovered {
  readonly kind: 'key' | 'engine' | 'simulator' | 'unsupported';
  /** Name of the endpoint that was made of it; null for `unsupported`. */
  readonly endpoint: string | null;
  readonly text: string;
}

/** A configuration made of what was found. */
export interface Discovery {
  /** The document as YAML, to be given to `parseConfig`, shown, or saved as changeover.yaml. */
  readonly text: string;
  readonly document: ConfigDocument;
  readonly found: readonly Discovered[];
}

/** Keys that people have set for hosts that no profile describes yet; said aloud instead of overlooked. */
const unsupportedVariables: readonly (readonly [variable: string, remedy: string])[] = [
  ['AZURE_OPENAI_API_KEY', 'add an endpoint with profile azure-openai and the URL of your resource'],
  ['GEMINI_API_KEY', 'Gemini is not supported yet'],
  ['ARK_API_KEY', 'Volcengine Ark has no profile yet; openai-compatible with its URL may do'],
  ['OPENROUTER_API_KEY', 'OpenRouter has no profile yet; openai-compatible with its URL may do'],
  ['MISTRAL_API_KEY', 'Mistral has no profile yet; openai-compatible with its URL may do'],
  ['GROQ_API_KEY', 'Groq has no profile yet; openai-compatible with its URL may do'],
];

/** Limit: models taken from one local server; a router of engines can list thousands of files. */
const modelsMax = 50;

/** Vendors' models get their routes first, then those of local engines. */
interface Draft {
  readonly endpoints: Record<string, EndpointDocument>;
  readonly routes: Record<string, RouteDocument>;
  readonly found: Discovered[];
}

/**
 * Makes a configuration of the keys in the environment and the model servers on this machine, when there
 * is no file. No vendor is called. The simulated endpoints and the route `demo` are always in it, so that
 * the first call needs no key and no money.
 */
export async function discover(ports: DiscoveryPorts): Promise<Discovery> {
  const draft: Draft = { endpoints: {}, routes: {}, found: [] };
  if (ports.isOn) {
    addVendors(draft, ports.env);
    await addEngines(draft, ports);
  }
  addSimulators(draft);
  const document: ConfigDocument = { endpoints: draft.endpoints, routes: draft.routes };
  return { document, text: toText(document), found: draft.found };
}

function addVendors(draft: Draft, env: DiscoveryPorts['env']): void {
  for (const entry of profiles.values()) {
    for (const { name: variable, region } of entry.keyVariables) {
      if (isUnset(env[variable])) continue;
      const profile = entry.profile.name;
      const name = draft.endpoints[profile] === undefined ? profile : `${profile}-${region ?? 'other'}`;
      draft.endpoints[name] = {
        profile,
        ...(region === null ? {} : { region }),
        key: `env:${variable}`,
      };
      const others = Object.keys(entry.regions).filter((other) => other !== region);
      const hint =
        region === null || entry.keyVariables.length > 1
          ? ''
          : ` (region ${region} is assumed; a key of ${others.join(' or ')} needs a file that says so)`;
      draft.found.push({
        kind: 'key',
        endpoint: name,
        text: `${variable} is set: endpoint "${name}", ${entry.title}${hint}`,
      });
      for (const model of entry.models) addRoute(draft, model.name, name);
    }
  }
  for (const [variable, remedy] of unsupportedVariables) {
    if (isUnset(env[variable])) continue;
    draft.found.push({
      kind: 'unsupported',
      endpoint: null,
      text: `${variable} is set, but not used: ${remedy}`,
    });
  }
}

function isUnset(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/** One route per model, with the model's name; the first endpoint that has a model keeps it. */
function addRoute(draft: Draft, model: string, endpoint: string): void {
  if (!routeNamePattern.test(model) || Object.hasOwn(draft.routes, model)) return;
  draft.routes[model] = { serve: `${model}@${endpoint}` };
}

async function addEngines(draft: Draft, ports: DiscoveryPorts): Promise<void> {
  const places = [...profiles.values()].flatMap((entry) => entry.ports.map((port) => ({ entry, port })));
  const answers = await Promise.all(
    places.map(async ({ entry, port }) => {
      const answer = await ports.probe(`http://127.0.0.1:${port}/v1/models`);
      return { entry, port, listed: answer?.status === 200 ? parseModelList(answer.body) : null };
    }),
  );
  for (const { entry, port, listed } of answers) {
    if (listed === null) continue;
    const profile = chooseProfile(entry, listed.owner);
    if (profile === null || listed.models.length === 0) continue;
    const name = draft.endpoints[profile] === undefined ? profile : `${profile}-${port}`;
    const url = `http://127.0.0.1:${port}${profile === 'openai-compatible' ? '/v1' : ''}`;
    draft.endpoints[name] = { profile, url, models: [...listed.models] };
    const title = profiles.get(profile)?.title ?? profile;
    const count = listed.models.length === 1 ? '1 model' : `${listed.models.length} models`;
    draft.found.push({
      kind: 'engine',
      endpoint: name,
      text: `A model server answers on port ${port}: endpoint "${name}", ${title}, ${count}`,
    });
    for (const model of listed.models) addRoute(draft, model, name);
  }
}

/** What engines write into `owned_by` of their models. */
const owners: Readonly<Record<string, string>> = {
  vllm: 'vllm',
  sglang: 'sglang',
  llamacpp: 'llama-server',
  library: 'ollama',
};

/** Ports that nobody else uses by habit; on 8000 and 8080 anything may listen. */
const tellingProfiles: readonly string[] = ['ollama', 'lm-studio'];

/** The profile of a server, or null for another gateway of this kind, which would call itself in a circle. */
function chooseProfile(entry: ProfileEntry, owner: string): string | null {
  if (owner === 'changeover') return null;
  const known = Object.hasOwn(owners, owner) ? owners[owner] : undefined;
  if (known !== undefined) return known;
  return tellingProfiles.includes(entry.profile.name) ? entry.profile.name : 'openai-compatible';
}

interface ModelList {
  readonly models: readonly string[];
  readonly owner: string;
}

/** Reads OpenAI's list of models; null for anything else, as any program may listen on these ports. */
function parseModelList(body: string): ModelList | null {
  let list: unknown;
  try {
    list = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const data = (list as { readonly data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return null;
  const models = new Set<string>();
  let owner = '';
  for (const entry of data.slice(0, modelsMax) as readonly unknown[]) {
    const { id, owned_by: ownedBy } = (entry ?? {}) as { readonly id?: unknown; readonly owned_by?: unknown };
    if (typeof id !== 'string' || !modelNamePattern.test(id)) continue;
    models.add(id);
    if (owner === '' && typeof ownedBy === 'string') owner = ownedBy;
  }
  return { models: [...models], owner };
}

function addSimulators(draft: Draft): void {
  for (const entry of profiles.values()) {
    if (entry.kind !== 'simulated') continue;
    const { name } = entry.profile;
    draft.endpoints[name] = { profile: name };
    draft.found.push({
      kind: 'simulator',
      endpoint: name,
      text: `Simulated endpoint "${name}" with model "${entry.models[0]?.name ?? ''}": its answers are made up`,
    });
  }
  draft.routes['demo'] = { serve: 'frontier@sim-openai', fallback: ['value@sim-deepseek'] };
}

function toText(document: ConfigDocument): string {
  const yaml = new Document(document);
  yaml.commentBefore = [
    ' Made at start from the keys in the environment and the model servers on this machine.',
    ' Save it as changeover.yaml and start with --config changeover.yaml to change it.',
    ' Endpoints sim-* are simulated: they cost nothing and their answers are made up.',
  ].join('\n');
  visit(yaml, {
    Pair(_key, pair: Pair) {
      const profile = (pair.key as Scalar | null)?.value === 'profile' ? (pair.value as Scalar) : null;
      if (profile !== null && String(profile.value).startsWith('sim-')) profile.comment = ' simulated';
    },
  });
  return yaml.toString({ lineWidth: 110 });
}
