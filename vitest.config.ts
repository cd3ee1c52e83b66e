import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const guard = path.join(root, 'test/setup/loopback-only.mjs');

/** Where Node processes that a test starts leave word of a connection off loopback; see test/setup. */
const outsideFile = path.join(tmpdir(), `changeover-outside-${process.pid}.txt`);

/**
 * Tests of one kind, run with `npm test -- <name>`. Every test file belongs to exactly one; tidy checks that.
 */
function project(name: string, include: readonly string[], exclude: readonly string[] = []) {
  return {
    extends: true as const,
    test: { name, include: [...include], exclude: ['**/node_modules/**', ...exclude] },
  };
}

export default defineConfig({
  test: {
    // Processes, not threads: tests change the environment, send signals and open SQLite in workers of their
    // own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    setupFiles: [path.join(root, 'test/setup/check-each-file.ts')],
    env: {
      CHG_TEST_OUTSIDE_FILE: outsideFile,
      NODE_OPTIONS: `--import=${pathToFileURL(guard).href}`,
    },
    projects: [
      project('unit', ['src/**/*.test.ts']),
      project('conformance', ['test/conformance/**/*.test.ts']),
      project('tools', [
        'test/tidy/**/*.test.ts',
        'test/docs/**/*.test.ts',
        'test/setup/**/*.test.ts',
        'test/bootstrap/**/*.test.ts',
      ]),
      project('pack', ['test/pack/**/*.test.ts']),
      project(
        'e2e',
        ['test/**/*.test.ts'],
        ['conformance', 'tidy', 'docs', 'setup', 'bootstrap', 'pack'].map((name) => `test/${name}/**`),
      ),
    ],
  },
});
