import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { createEgress, type Egress, readProxySettings } from '../endpoint/index.ts';
import { limits, type Result, Secret, success } from '../kernel/index.ts';
import { acquireProcessLock, holdsState, openStateStore, type StateStore } from '../store/index.ts';
import { type AdminKey, openAdminKey, openVault, type Vault } from '../vault/index.ts';
import type { Closers } from './closers.ts';
import type { LoadPorts } from './configuration.ts';
import { realClock, realRandom } from './real-ports.ts';
import type { ServerOptions } from './server-options.ts';
import { createSimulators } from './simulators.ts';

/** What everything else stands on. */
export interface Foundation {
  readonly vault: Vault;
  readonly admin: AdminKey;
  readonly store: StateStore;
  readonly egress: Egress;
  readonly load: LoadPorts;
  readonly isFirstStart: boolean;
  describe(url: string): void;
}

/** Connections per upstream origin: as many as clients may have, since each call needs its own. */
const connectionsPerOrigin = limits.connections;

function toOptionalSecret(value: string | undefined): { readonly secret?: Secret } {
  return value === undefined || value === '' ? {} : { secret: new Secret(value) };
}

/** The public key that checkpoints are signed for, so that anybody can be given it; see `ledger verify --trust`. */
function publishSignerKey(folder: string, vault: Vault): void {
  const file = path.join(folder, 'checkpoint-key.pem');
  const isThere = existsSync(file) && readFileSync(file, 'utf8') === vault.signer.publicKey;
  if (!isThere) writeFileSync(file, vault.signer.publicKey, { mode: 0o644 });
}

/** Lock, secrets and store: what must be there before anything can be read. */
export async function layFoundation(options: ServerOptions, closers: Closers): Promise<Result<Foundation>> {
  const { folder, env, log } = options;
  const lock = acquireProcessLock(folder);
  if (!lock.ok) return lock;
  closers.add(() => lock.value.release());
  const isFirstStart = !holdsState(folder);
  const vault = openVault({ folder, mayCreate: isFirstStart, ...toOptionalSecret(env['CHANGEOVER_SECRET']) });
  if (!vault.ok) return vault;
  const fixed = env['CHANGEOVER_ADMIN_KEY'];
  const admin = openAdminKey({
    folder,
    random: realRandom,
    ...(fixed === undefined ? {} : { fixed: new Secret(fixed) }),
  });
  if (!admin.ok) return admin;
  publishSignerKey(folder, vault.value);
  for (const warning of [...vault.value.warnings, ...admin.value.warnings]) log.warn(warning);
  const store = await openStateStore({ folder, now: realClock.now() });
  if (!store.ok) return store;
  closers.add(() => store.value.close());
  const canary = await store.value.ensureMeta('vault.canary', vault.value.makeCanary());
  if (!canary.ok) return canary;
  const checked = vault.value.checkCanary(canary.value);
  if (!checked.ok) return checked;
  const egress = createEgress(readProxySettings(env), connectionsPerOrigin);
  closers.add(() => egress.close());
  const simulators = createSimulators(realClock);
  closers.add(() => simulators.close());
  return success({
    vault: vault.value,
    admin: admin.value,
    store: store.value,
    egress,
    load: { env, simulators },
    isFirstStart,
    describe: (url) => lock.value.describe(url),
  });
}
