import path from 'node:path';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { steps } from '../../tools/check/steps.ts';
import { readProject } from '../../tools/project-files.ts';

const files = readProject();
const documents = [...files].filter(([file]) => file.endsWith('.md') && !file.includes('recordings/'));
const manifest = JSON.parse(files.get('package.json') ?? '{}') as { scripts: Record<string, string> };

/** A page without its fenced code, in which brackets mean nothing. */
function toProse(text: string): string {
  return text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
}

/** The anchor that a heading gets. */
function toAnchor(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function hasAnchor(text: string, anchor: string): boolean {
  const headings = [...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map(([, heading = '']) => toAnchor(heading));
  return headings.includes(anchor) || text.includes(`id="${anchor}"`);
}

test('there are documents to look at', () => {
  const names = documents.map(([file]) => file);
  expect(names).toEqual(
    expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/architecture.md']),
  );
});

test.each(documents)('the links of %s lead somewhere', (file, text) => {
  const wrong = [...toProse(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?:|mailto:)/.test(target))
    .filter((target) => {
      const [place = '', anchor] = target.split('#');
      const found = place === '' ? file : path.posix.join(path.posix.dirname(file), place);
      const page = files.get(found);
      if (page === undefined) {
        return ![...files.keys()].some((each) => each.startsWith(`${found.replace(/\/$/, '')}/`));
      }
      return anchor !== undefined && found.endsWith('.md') && !hasAnchor(page, anchor);
    });
  expect(wrong).toEqual([]);
});

test.each(documents)('the files that %s names are there', (_file, text) => {
  const named = [...text.matchAll(/`((?:src|test|tools|bench|docs|bin|console)\/[\w./-]+)`/g)].map(
    ([, place = '']) => place,
  );
  const wrong = named.filter(
    (place) => !files.has(place) && ![...files.keys()].some((each) => each.startsWith(place)),
  );
  expect(wrong).toEqual([]);
});

test.each(documents)('the npm commands of %s exist', (_file, text) => {
  const scripts = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = '']) => name);
  expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  const named = [...text.matchAll(/\bnpm test -- ([a-z]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !steps.some((step) => step.name === name))).toEqual([]);
});

/** Fenced code of one language. */
function readFences(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\b[^\n]*\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code = '']) => code,
  );
}

test.each(documents)('the JSON and YAML in %s can be read', (_file, text) => {
  for (const code of readFences(text, 'json')) expect(() => JSON.parse(code) as unknown, code).not.toThrow();
  for (const code of readFences(text, 'ya?ml')) expect(() => parseYaml(code) as unknown, code).not.toThrow();
});

test('CONTRIBUTING.md lists the steps of npm test', () => {
  expect(files.get('CONTRIBUTING.md')).toContain(`the names are ${steps.map(({ name }) => name).join(', ')}`);
});

test('the change log, the package and the lockfile agree on name and licence', () => {
  const lockfile = JSON.parse(files.get('package-lock.json') ?? '{}') as {
    packages: Record<string, { license?: string }>;
  };
  expect(lockfile.packages['']?.license).toBe('Apache-2.0');
  expect(files.get('LICENSE')).toContain('Apache License');
});

test('the oldest supported Node.js is the same everywhere', () => {
  const floor = /">=([\d.]+)"/.exec(files.get('package.json') ?? '')?.[1] ?? 'none';
  const numbers = floor.split('.').join(', ');
  expect(files.get('tools/bootstrap.mjs')).toContain(`const floor = [${numbers}];`);
  expect(files.get('bin/changeover.mjs')).toContain(`const floor = [${numbers.replace(/, 0$/, '')}];`);
  expect(files.get('.ci/run')).toContain(floor);
});
