import path from 'node:path';

import { toProblemText } from '../config/index.ts';
import type { Failure } from '../kernel/index.ts';
import type { Closers } from './closers.ts';
import { loadConfig, type LoadPorts, readConfigFile } from './configuration.ts';
import type { LocalControlPlane } from './control-plane.ts';
import type { CurrentState } from './current-state.ts';
import type { Log } from './log.ts';
import { createFileWatch } from './watch-files.ts';

export interface ReloadPorts {
  /** The file that rules. */
  readonly file: string;
  readonly state: CurrentState;
  readonly controlPlane: LocalControlPlane;
  readonly load: LoadPorts;
  readonly log: Log;
}

/**
 * Reloads when the ruling file or a file that it names changes; a document with errors changes nothing.
 * Returns the reload itself, for SIGHUP.
 */
export function watchConfig(ports: ReloadPorts, closers: Closers): () => Promise<void> {
  const { state, controlPlane, log, load } = ports;
  const file = path.resolve(ports.file);
  function toFiles(named: readonly string[]): string[] {
    return [file, ...named.map((name) => path.resolve(path.dirname(file), name))];
  }
  function complain(failed: Failure): void {
    log.warn(`Configuration not reloaded: ${String(failed.detail['reason'] ?? failed.code)}`);
  }
  async function reload(): Promise<void> {
    const text = readConfigFile(file);
    if (!text.ok) {
      complain(text.failure);
      return;
    }
    const loaded = await loadConfig(text.value, { kind: 'file', file }, load);
    if (!loaded.ok) {
      for (const problem of loaded.problems) {
        log.warn(`Configuration not reloaded: ${toProblemText(problem)}`);
      }
      return;
    }
    watch.set(toFiles(loaded.loaded.settings.files));
    const before = state.snapshot().configHash;
    const applied = await controlPlane.reload(loaded.loaded);
    if (!applied.ok) {
      complain(applied.failure);
      return;
    }
    const after = state.snapshot().configHash;
    if (before !== after) log.info(`Configuration reloaded: ${after.slice(0, 12)}`);
  }
  const watch = createFileWatch(() => {
    reload().catch((error: unknown) => log.mistake(error, 'reload'));
  });
  watch.set(toFiles(state.parts().settings.files));
  closers.add(() => watch.close());
  return reload;
}
