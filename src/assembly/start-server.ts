import { toProblemText } from '../config/index.ts';
import { createIdSource, failure, type Result } from '../kernel/index.ts';
import { openLedger } from '../ledger/index.ts';
import { prepareParts } from './apply-config.ts';
import { Closers } from './closers.ts';
import type { LoadedConfig } from './configuration.ts';
import { createCurrentState, type CurrentState } from './current-state.ts';
import { findConfig } from './find-config.ts';
import { type Foundation, layFoundation } from './foundation.ts';
import { Gateway, type RunningGateway } from './gateway.ts';
import type { Log } from './log.ts';
import { realClock, realRandom } from './real-ports.ts';
import type { ServerOptions } from './server-options.ts';

async function firstState(base: Foundation, loaded: LoadedConfig, log: Log): Promise<Result<CurrentState>> {
  const { store, vault } = base;
  const request = { loaded, actor: 'config', expectedVersion: null };
  const parts = await prepareParts(request, { store, vault, log, now: () => realClock.now() });
  if (!parts.ok) return parts;
  const keys = await store.listKeys();
  if (!keys.ok) return keys;
  const { settings, serving, credentials } = parts.value;
  return createCurrentState({ settings, serving, credentials, keys: keys.value });
}

/** Starts the gateway of one data folder. A failure is a sentence for the person who starts it. */
export async function startServer(options: ServerOptions): Promise<Result<RunningGateway>> {
  const closers = new Closers();
  try {
    const started = await assemble(options, closers);
    if (!started.ok) await closers.run(options.log);
    return started;
  } catch (error) {
    options.log.mistake(error, 'start');
    await closers.run(options.log);
    return failure('CHG_INTERNAL', { call: 'start' });
  }
}

async function assemble(options: ServerOptions, closers: Closers): Promise<Result<RunningGateway>> {
  const { log, folder } = options;
  const base = await layFoundation(options, closers);
  if (!base.ok) return base;
  const config = await findConfig(options, base.value);
  if (!config.ok) return config;
  const { loaded } = config.value;
  for (const warning of loaded.settings.warnings) log.warn(toProblemText(warning));
  const ids = createIdSource(realClock, realRandom);
  const { durability, whenBehind, checkpointFile, retentionMs } = loaded.settings.ledger;
  const ledger = await openLedger({
    folder,
    durability,
    whenBehind,
    clock: realClock,
    ids,
    signer: base.value.vault,
    checkpoint: { outsideFile: checkpointFile },
    keepRowsMs: retentionMs,
  });
  if (!ledger.ok) return ledger;
  closers.add(() => ledger.value.close());
  const state = await firstState(base.value, loaded, log);
  if (!state.ok) return state;
  const gateway = new Gateway({
    options,
    base: base.value,
    ledger: ledger.value,
    state: state.value,
    ids,
    closers,
  });
  return gateway.start(config.value);
}
