import path from 'node:path';

import { type Result, success } from '../kernel/index.ts';
import { readKeptConfig } from './apply-config.ts';
import { type LoadedConfig, loadConfig, readConfigFile, toConfigFailure } from './configuration.ts';
import { discoverLocal } from './discover-local.ts';
import type { Foundation } from './foundation.ts';
import { realClock } from './real-ports.ts';
import type { ServerOptions } from './server-options.ts';

/** A configuration to start with, and sentences on what was found. */
export interface FoundConfig {
  readonly loaded: LoadedConfig;
  readonly found: readonly string[];
}

/** The configuration: the file that rules, else the version kept last, else what is found on this machine. */
export async function findConfig(options: ServerOptions, base: Foundation): Promise<Result<FoundConfig>> {
  const { configFile, env } = options;
  let text: string;
  let source: LoadedConfig['source'];
  let found: readonly string[] = [];
  if (configFile === null) {
    const kept = await readKeptConfig(base.store, base.vault);
    if (!kept.ok) return kept;
    if (kept.value === null) {
      const discovery = await discoverLocal({ env, egress: base.egress, clock: realClock });
      text = discovery.text;
      source = { kind: 'built-in' };
      found = discovery.found.map((entry) => entry.text);
    } else {
      text = kept.value.text;
      source = { kind: 'store', version: kept.value.version };
    }
  } else {
    const read = readConfigFile(configFile);
    if (!read.ok) return read;
    text = read.value;
    source = { kind: 'file', file: path.resolve(configFile) };
  }
  const loaded = await loadConfig(text, source, base.load);
  if (!loaded.ok) return toConfigFailure(loaded.problems);
  return success({ loaded: loaded.loaded, found });
}
