import type { Migration } from '../migrate.ts';

/** The schema of `changeover.db`. Released steps never change; a change is a further step at the end. */
export const stateMigrations: readonly Migration[] = [
  {
    name: '0001-state',
    sql: `
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE client_key (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  team TEXT,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,
  routes TEXT,
  max_concurrent BIGINT,
  budget_nano BIGINT,
  budget_currency TEXT,
  budget_period TEXT,
  expires_at BIGINT,
  revoked_at BIGINT,
  created_at BIGINT NOT NULL
);

CREATE TABLE serving_version (
  route TEXT NOT NULL,
  version BIGINT NOT NULL,
  shares TEXT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('config', 'switch', 'back')),
  back_to BIGINT,
  PRIMARY KEY (route, version)
);

CREATE TABLE serving_head (
  route TEXT PRIMARY KEY,
  version BIGINT NOT NULL,
  config_shares TEXT NOT NULL,
  is_active SMALLINT NOT NULL,
  FOREIGN KEY (route, version) REFERENCES serving_version (route, version)
);

CREATE TABLE known_offer (
  name TEXT PRIMARY KEY
);

CREATE TABLE config_version (
  version BIGINT PRIMARY KEY,
  hash TEXT NOT NULL,
  content BYTEA NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('file', 'api')),
  actor TEXT NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  sealed BYTEA NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE outbox (
  sequence
    INTEGER PRIMARY KEY AUTOINCREMENT, --@sqlite
    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, --@pg
  id TEXT NOT NULL UNIQUE,
  record TEXT NOT NULL
);

CREATE TABLE spending (
  key_id TEXT NOT NULL,
  period TEXT NOT NULL,
  currency TEXT NOT NULL,
  spent_nano BIGINT NOT NULL,
  PRIMARY KEY (key_id, period)
);
`,
  },
];
