import { type Clock, dialects as allDialects, type Dialect } from '../kernel/index.ts';
import type { FaultRule } from './faults.ts';
import { parseFault } from './parse-fault.ts';
import { loadRecording } from './recording.ts';
import { startSim } from './start-sim.ts';
import { type Sim, type SimOptions, type SimSpeed, type SimVendor, simVendors } from './types.ts';

/** What `changeover sim` was asked to do. */
export interface SimSettings {
  readonly vendors: readonly SimVendor[];
  readonly host: string;
  /** The first vendor's port, the next ones follow; 0: any free ports. */
  readonly port: number;
  readonly seed: number;
  readonly speed: SimSpeed;
  readonly faults: readonly FaultRule[];
  readonly recorded: string | null;
  readonly dialects: readonly Dialect[] | null;
  readonly models: readonly string[] | null;
  readonly apiKey: string | null;
  readonly allowHeaderFaults: boolean;
  readonly json: boolean;
}

/** Help text of the verb. */
export const simUsage = `changeover sim [--vendor NAME|all]… [--port BASE] [--host ADDRESS] [--seed N]
  [--speed FIRST_TOKEN_MS:TOKENS_PER_SECOND] [--fault NAME[;setting=value]…]… [--header-faults]
  [--recorded FILE.jsonl[.gz]] [--dialects NAME,NAME] [--models NAME,NAME] [--key KEY] [--json]`;

export type ParsedSettings =
  | { readonly ok: true; readonly settings: SimSettings }
  | { readonly ok: false; readonly message: string };

type Draft = { -readonly [Field in keyof SimSettings]: SimSettings[Field] };

/** Options with a value: what each does with it. A returned sentence says why the value cannot be used. */
const readers: Readonly<Record<string, (draft: Draft, value: string) => string | null>> = {
  '--vendor': (draft, value) => {
    const vendor = simVendors.find((name) => name === value);
    if (value === 'all') draft.vendors = simVendors;
    else if (vendor === undefined) return `choose from all, ${simVendors.join(', ')}`;
    else if (!draft.vendors.includes(vendor)) draft.vendors = [...draft.vendors, vendor];
    return null;
  },
  '--port': (draft, value) => readInteger(value, 65_535, (port) => void (draft.port = port)),
  '--seed': (draft, value) => readInteger(value, 0xffff_ffff, (seed) => void (draft.seed = seed)),
  '--host': (draft, value) => {
    draft.host = value;
    return null;
  },
  '--speed': (draft, value) => {
    const match = /^(\d{1,6}):(\d{1,6}(?:\.\d+)?)$/.exec(value);
    if (match === null) return 'write FIRST_TOKEN_MS:TOKENS_PER_SECOND, as in 300:40';
    draft.speed = { firstTokenMs: Number(match[1]), tokensPerSecond: Number(match[2]) };
    return null;
  },
  '--fault': (draft, value) => {
    const fault = parseFault(value);
    if (typeof fault === 'string') return fault;
    draft.faults = [...draft.faults, fault];
    return null;
  },
  '--recorded': (draft, value) => {
    draft.recorded = value;
    return null;
  },
  '--dialects': (draft, value) => {
    const names = value.split(',');
    const chosen = allDialects.filter((dialect) => names.includes(dialect));
    if (chosen.length !== names.length) return `choose from ${allDialects.join(', ')}`;
    draft.dialects = chosen;
    return null;
  },
  '--models': (draft, value) => {
    draft.models = value.split(',').filter((name) => name !== '');
    return draft.models.length > 0 ? null : 'name at least one model';
  },
  '--key': (draft, value) => {
    draft.apiKey = value;
    return null;
  },
};

const switches: Readonly<Record<string, (draft: Draft) => void>> = {
  '--header-faults': (draft) => void (draft.allowHeaderFaults = true),
  '--json': (draft) => void (draft.json = true),
};

function readInteger(value: string, most: number, keep: (number: number) => void): string | null {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= most)) return `write a whole number up to ${most}`;
  keep(number);
  return null;
}

function createDraft(): Draft {
  return {
    vendors: [],
    host: '127.0.0.1',
    port: 0,
    seed: 1,
    speed: { firstTokenMs: 0, tokensPerSecond: 0 },
    faults: [],
    recorded: null,
    dialects: null,
    models: null,
    apiKey: null,
    allowHeaderFaults: false,
    json: false,
  };
}

/** Reads the words after `changeover sim`. Pure: touches no file and no network. */
export function parseSimArguments(words: readonly string[]): ParsedSettings {
  const draft = createDraft();
  const refuse = (message: string): ParsedSettings => ({ ok: false, message });
  for (let index = 0; index < words.length; index++) {
    const [name = '', inline] = (words[index] ?? '').split(/=(.*)/s, 2);
    const flip = switches[name];
    const read = readers[name];
    if (flip !== undefined && inline === undefined) {
      flip(draft);
      continue;
    }
    if (read === undefined) return refuse(`Cannot use "${words[index]}": see "changeover sim --help"`);
    const value = inline ?? words[(index += 1)];
    if (value === undefined || value === '') return refuse(`Cannot use "${name}": it needs a value`);
    const reason = read(draft, value);
    if (reason !== null) return refuse(`Cannot use "${name} ${value}": ${reason}`);
  }
  const vendors = draft.vendors.length > 0 ? draft.vendors : simVendors;
  if (draft.port + vendors.length - 1 > 65_535) {
    return refuse(`Cannot use "--port ${draft.port}": no port is left`);
  }
  return { ok: true, settings: { ...draft, vendors } };
}

export interface SimIo {
  readonly clock: Clock;
  /** Takes whole lines for standard output. */
  readonly write: (text: string) => void;
}

function describe(sim: Sim): string {
  const doors = Object.entries(sim.doorUrls).map(([dialect, url]) => `  ${dialect.padEnd(20)} ${url}\n`);
  return `sim-${sim.vendor} at ${sim.url}, models: ${sim.models.join(', ')}\n${doors.join('')}`;
}

/**
 * Starts the simulated endpoints and prints where they are. They run until `close()`. Rejects when the
 * recording cannot be read or a port is taken; what had started by then is closed.
 */
export async function runSim(
  settings: SimSettings,
  io: SimIo,
): Promise<{ readonly sims: readonly Sim[]; close(): Promise<void> }> {
  const recorded = settings.recorded === null ? null : await loadRecording(settings.recorded);
  const sims: Sim[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(sims.map((sim) => sim.close()));
  };
  try {
    for (const [index, vendor] of settings.vendors.entries()) {
      const models = settings.models ?? recorded?.models ?? null;
      const options: SimOptions = {
        vendor,
        seed: settings.seed,
        clock: io.clock,
        host: settings.host,
        port: settings.port === 0 ? 0 : settings.port + index,
        speed: settings.speed,
        script: settings.faults,
        allowHeaderFaults: settings.allowHeaderFaults,
        ...(settings.dialects === null ? {} : { dialects: settings.dialects }),
        ...(models === null ? {} : { models }),
        ...(recorded === null ? {} : { recorded }),
        ...(settings.apiKey === null ? {} : { apiKey: settings.apiKey }),
      };
      sims.push(await startSim(options));
    }
  } catch (error) {
    await close();
    throw error;
  }
  if (settings.json) {
    const shown = sims.map(({ vendor, url, models, baseUrls, doorUrls, modelsUrl }) => ({
      vendor,
      url,
      models,
      baseUrls,
      doorUrls,
      modelsUrl,
    }));
    io.write(`${JSON.stringify(shown)}\n`);
  } else {
    io.write(sims.map(describe).join(''));
    io.write('These are simulated endpoints: their answers are made up. Stop with Ctrl-C.\n');
  }
  return { sims, close };
}
