import { failure } from '../../kernel/index.ts';
import type { ConfigDraft, ConfigVersion, ServingOutcome, ServingPlan } from '../state-store.ts';
import { Refusal } from '../store-failure.ts';
import { ensureServingWithin } from './ensure-serving.ts';
import type { StateFile } from './outbox.ts';

const columns = 'version, hash, source, actor, at';

export function listConfigs({ database }: StateFile, limit: number): readonly ConfigVersion[] {
  const sql = `SELECT ${columns} FROM config_version ORDER BY version DESC LIMIT $1`;
  return database.query<ConfigVersion>(sql, [limit]);
}

export function readConfig(
  { database }: StateFile,
  version?: number,
): (ConfigVersion & { readonly content: Uint8Array }) | null {
  const which = version === undefined ? 'ORDER BY version DESC LIMIT 1' : 'WHERE version = $1';
  const values = version === undefined ? [] : [version];
  const sql = `SELECT ${columns}, content FROM config_version ${which}`;
  return database.query<ConfigVersion & { content: Uint8Array }>(sql, values)[0] ?? null;
}

function saveConfigWithin(state: StateFile, draft: ConfigDraft): ConfigVersion {
  const current = listConfigs(state, 1)[0] ?? null;
  const { expectedVersion, hash, content, source, actor, at } = draft;
  if (expectedVersion !== null && expectedVersion !== (current?.version ?? 0)) {
    const reason = `it is at version ${current?.version ?? 0}, not ${expectedVersion}: somebody else has changed it`;
    throw new Refusal(failure('CHG_CONFIG_CONFLICT', { reason }));
  }
  if (current?.hash === hash) return current;
  const version = (current?.version ?? 0) + 1;
  const sql = `INSERT INTO config_version (${columns}, content) VALUES ($1, $2, $3, $4, $5, $6)`;
  state.database.run(sql, [version, hash, source, actor, at, content]);
  const data = { version, source, replacedHash: current?.hash ?? null };
  state.writeEvent(draft, { event: 'config.applied', subject: hash, data });
  return { version, hash, source, actor, at };
}

export function saveConfig(state: StateFile, draft: ConfigDraft): ConfigVersion {
  return state.database.transaction(() => saveConfigWithin(state, draft));
}

export function applyConfig(
  state: StateFile,
  draft: ConfigDraft,
  plan: ServingPlan,
): ServingOutcome & { config: ConfigVersion } {
  if (plan.dryRun === true) throw new TypeError('Cannot apply as a dry run: use ensureServing');
  return state.database.transaction(() => {
    const config = saveConfigWithin(state, draft);
    return { ...ensureServingWithin(state, plan), config };
  });
}
