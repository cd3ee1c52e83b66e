// The examples of the guides run as they are, from the root of the repository.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

function readExamples(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? '');
}

describe.each(['docs/guide/what-a-verdict-says.md', 'docs/guide/the-statistics.md', 'docs/guide/graders.md'])(
  '%s',
  (file) => {
    const examples = readExamples(file);

    test('has examples', () => {
      expect(examples.length).toBeGreaterThan(0);
    });

    test.each(examples.map((code, index) => [index + 1, code] as const))(
      'example %i runs',
      async (_number, code) => {
        const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '-e', code], {
          cwd: root,
        });
        expect(stdout.length).toBeGreaterThan(0);
      },
    );
  },
);
