import type { Migration } from '../migrate.ts';

/**
 * The ledger's tables. The record itself is the truth; a column beside it exists only because an index, an
 * erasure or a price needs it. `place` is the order of writing over all chains. Text is '' and not NULL in
 * keys of roll-ups, because NULLs are never equal.
 */
export const ledgerMigrations: readonly Migration[] = [
  {
    name: '0001-ledger',
    sql: `
CREATE TABLE ledger_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE chain (
  id INTEGER PRIMARY KEY,
  org TEXT NOT NULL,
  writer TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  pruned_seq BIGINT NOT NULL,
  pruned_hash BYTEA NOT NULL,
  UNIQUE (org, writer)
);

CREATE TABLE entry (
  place INTEGER PRIMARY KEY,
  chain_id INTEGER NOT NULL,
  seq BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  record BYTEA NOT NULL,
  org TEXT NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  id TEXT NOT NULL,
  conversation TEXT,
  salt TEXT,
  cost_nano BIGINT,
  currency TEXT,
  body_block BIGINT,
  body_position INTEGER,
  erased_by TEXT
);
CREATE INDEX entry_page ON entry (org, kind, at, id);
CREATE UNIQUE INDEX entry_id ON entry (id, kind);

CREATE TABLE body_block (id INTEGER PRIMARY KEY, expires_at BIGINT NOT NULL, data BYTEA NOT NULL);
CREATE INDEX body_block_expiry ON body_block (expires_at);

CREATE TABLE open_call (id TEXT PRIMARY KEY, org TEXT NOT NULL, at BIGINT NOT NULL);

CREATE TABLE checkpoint (
  number INTEGER PRIMARY KEY,
  at BIGINT NOT NULL,
  place BIGINT NOT NULL,
  content TEXT NOT NULL,
  signature BYTEA NOT NULL,
  key_id TEXT NOT NULL
);

CREATE TABLE roll_up (
  org TEXT NOT NULL,
  hour BIGINT NOT NULL,
  team TEXT NOT NULL,
  route TEXT NOT NULL,
  offer TEXT NOT NULL,
  status_class SMALLINT NOT NULL,
  purpose TEXT NOT NULL,
  currency TEXT NOT NULL,
  calls BIGINT NOT NULL,
  unpriced BIGINT NOT NULL,
  input_tokens BIGINT NOT NULL,
  cache_read_tokens BIGINT NOT NULL,
  cache_write_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  reasoning_tokens BIGINT NOT NULL,
  cost_nano BIGINT NOT NULL,
  histograms BYTEA NOT NULL,
  PRIMARY KEY (org, hour, team, route, offer, status_class, purpose, currency)
)
 WITHOUT ROWID --@sqlite
;

CREATE TABLE spending (
  org TEXT NOT NULL,
  day BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  calls BIGINT NOT NULL,
  cost_nano BIGINT NOT NULL,
  PRIMARY KEY (org, day, key_id, currency)
)
 WITHOUT ROWID --@sqlite
;
`,
  },
];
