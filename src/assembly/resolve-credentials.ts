import type { CredentialNeed } from '../config/index.ts';
import { type BoundCredential, type Result, Secret, success } from '../kernel/index.ts';
import type { StateStore } from '../store/index.ts';
import { bindCredential, parseCredential, type Vault } from '../vault/index.ts';
import type { Log } from './log.ts';

/** The word under which endpoint secrets are sealed. */
export const secretPurpose = 'endpoint-secret';

export interface CredentialPorts {
  readonly store: StateStore;
  readonly vault: Vault;
  readonly log: Log;
}

async function findSecret(
  need: CredentialNeed,
  { store, vault }: CredentialPorts,
): Promise<Result<Secret | null>> {
  const { source } = need;
  if (source.kind !== 'store') return success(source.secret);
  const sealed = await store.getSecret(source.name);
  if (!sealed.ok) return sealed;
  if (sealed.value === null) return success(null);
  const opened = vault.open(secretPurpose, source.name, sealed.value);
  return opened.ok ? success(new Secret(Buffer.from(opened.value).toString('utf8'))) : opened;
}

/**
 * Finds the secret of each endpoint and binds it to the endpoint's origin. An endpoint whose secret is
 * missing or broken is left out with a warning: its offers are skipped, the others serve.
 */
export async function resolveCredentials(
  needs: Iterable<CredentialNeed>,
  ports: CredentialPorts,
): Promise<ReadonlyMap<string, BoundCredential>> {
  const credentials = new Map<string, BoundCredential>();
  for (const need of needs) {
    const where =
      need.source.kind === 'literal' ? 'the configuration' : `${need.source.kind}:${need.source.name}`;
    const secret = await findSecret(need, ports);
    if (!secret.ok || secret.value === null) {
      ports.log.warn(`Endpoint "${need.endpoint}" has no key: ${where} is not set; its offers are skipped`);
      continue;
    }
    const parsed = parseCredential(secret.value.reveal(), where);
    if (!parsed.ok) {
      ports.log.warn(
        `Endpoint "${need.endpoint}" has no usable key: ${String(parsed.failure.detail['reason'] ?? where)}`,
      );
      continue;
    }
    credentials.set(need.endpoint, bindCredential(parsed.value, need.auth, need.origin));
  }
  return credentials;
}
