import { readFileSync } from 'node:fs';
import path from 'node:path';

import {
  type Config,
  type ConfigProblem,
  parseConfig,
  type Settings,
  type SettingsSources,
  toProblemText,
  toSettings,
} from '../config/index.ts';
import type { ConfigSource } from '../api/index.ts';
import { type Failure, failure, limits, type Result, success } from '../kernel/index.ts';
import type { Simulators } from './simulators.ts';

/** A configuration that has been read and resolved, ready to be applied. */
export interface LoadedConfig {
  readonly text: string;
  readonly source: ConfigSource;
  readonly config: Config;
  readonly settings: Settings;
}

export type LoadResult =
  | { readonly ok: true; readonly loaded: LoadedConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface LoadPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly simulators: Simulators;
}

/** Label of a document that is not a file. */
const storedLabel = 'changeover.yaml';

function toSources(
  source: ConfigSource,
  env: LoadPorts['env'],
  simulators: Readonly<Record<string, string>>,
): SettingsSources {
  const folder = source.kind === 'file' ? path.dirname(path.resolve(source.file)) : process.cwd();
  return {
    env,
    simulators,
    readFile: (file) => readFileSync(path.resolve(folder, file), 'utf8'),
  };
}

/** Reads and resolves a document; starts the simulators that it names. */
export async function loadConfig(text: string, source: ConfigSource, ports: LoadPorts): Promise<LoadResult> {
  const label = source.kind === 'file' ? source.file : storedLabel;
  const parsed = parseConfig(text, label);
  if (!parsed.ok) return parsed;
  const urls = await ports.simulators.ensure(parsed.config.simulators);
  const resolved = toSettings(parsed.config, toSources(source, ports.env, urls));
  if (!resolved.ok) return resolved;
  return { ok: true, loaded: { text, source, config: parsed.config, settings: resolved.settings } };
}

/** Reads the configuration file, bounded. */
export function readConfigFile(file: string): Result<string> {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > limits.configBytes) {
      return failure('CHG_CONFIG_INVALID', {
        reason: `"${file}" is larger than ${limits.configBytes} bytes`,
      });
    }
    return success(bytes.toString('utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return failure('CHG_CONFIG_INVALID', { reason: `cannot read "${file}": ${code}` });
  }
}

/** All errors of a document as one failure. */
export function toConfigFailure(problems: readonly ConfigProblem[]): {
  ok: false;
  failure: Failure;
} {
  const errors = problems.filter((problem) => problem.severity === 'error');
  return failure('CHG_CONFIG_INVALID', { reason: `\n${errors.map(toProblemText).join('\n')}` });
}
