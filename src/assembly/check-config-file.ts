import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { ConfigCheckView } from '../api/contract.ts';
import type { ConfigCheck } from '../api/index.ts';
import { parseConfig, toSettings } from '../config/index.ts';
import { toFailureText } from '../kernel/index.ts';
import { readConfigFile } from './configuration.ts';

/** Checks a configuration file as `serve` would read it, and starts nothing. */
export function checkConfigFile(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ConfigCheckView> {
  const { hash, problems } = check(file, env);
  const ok = problems.every((problem) => problem.severity !== 'error');
  return Promise.resolve({ ok, hash, problems: [...problems] });
}

function check(file: string, env: Readonly<Record<string, string | undefined>>): ConfigCheck {
  const text = readConfigFile(file);
  if (!text.ok) {
    const remedy = 'Check the path and the rights of the file';
    const problem = { file, position: null, path: '', text: toFailureText(text.failure), remedy };
    return { hash: null, problems: [{ severity: 'error', ...problem }] };
  }
  const parsed = parseConfig(text.value, file);
  if (!parsed.ok) return { hash: null, problems: parsed.problems };
  // Simulators would run on free ports; their addresses take no part in the hash.
  const simulators = Object.fromEntries(parsed.config.simulators.map((name) => [name, 'http://127.0.0.1:1']));
  const folder = path.dirname(path.resolve(file));
  const resolved = toSettings(parsed.config, {
    env,
    simulators,
    readFile: (name) => readFileSync(path.resolve(folder, name), 'utf8'),
  });
  if (!resolved.ok) return { hash: null, problems: resolved.problems };
  return { hash: resolved.settings.hash, problems: resolved.settings.warnings };
}
