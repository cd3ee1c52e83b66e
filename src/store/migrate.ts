import { createHash } from 'node:crypto';
import type { Database } from './database.ts';
import { DatabaseError } from './database-error.ts';

/** One step of a schema. Once released, its text never changes; a change is a further step. */
export interface Migration {
  /** Sorts by number, e.g. `0001-start`. */
  readonly name: string;
  readonly sql: string;
}

function toSha(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

/**
 * Brings a database to the newest schema, each step in a transaction of its own, and returns the names of the
 * steps that it applied. Throws `DatabaseError` when an applied step has another text now (`changed`), or
 * when the database holds a step that this program does not know (`newer`): an older program would damage
 * what a newer one wrote.
 */
export function migrate(
  database: Database,
  migrations: readonly Migration[],
  now: number,
): readonly string[] {
  database.script(
    'CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, sha TEXT NOT NULL, at BIGINT NOT NULL)',
  );
  const applied = new Map(
    database
      .query<{ name: string; sha: string }>('SELECT name, sha FROM migration')
      .map((row) => [row.name, row.sha]),
  );
  const known = new Set(migrations.map((migration) => migration.name));
  for (const name of applied.keys()) {
    if (!known.has(name)) {
      throw new DatabaseError(
        'newer',
        `Cannot open the data: migration "${name}" is of a newer version of Changeover; use that version or a backup`,
      );
    }
  }
  const done: string[] = [];
  for (const { name, sql } of migrations) {
    const sha = toSha(sql);
    if (applied.has(name)) {
      if (applied.get(name) === sha) continue;
      throw new DatabaseError(
        'changed',
        `Cannot open the data: migration "${name}" was applied with another text; use the version that wrote the data`,
      );
    }
    database.transaction(() => {
      database.script(sql);
      database.run('INSERT INTO migration (name, sha, at) VALUES ($1, $2, $3)', [name, sha, now]);
    });
    done.push(name);
  }
  return done;
}
