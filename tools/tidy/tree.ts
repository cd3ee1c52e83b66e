// Rules on the tree of files: names, sizes, what must never get in.
import type { Fault, ProjectFiles } from '../project-files.ts';
import { toLine } from '../source-text.ts';

const fileBytesMax = 256 * 1024;

/** Names that say nothing about what is inside; such files become drawers. */
const emptyNames = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'misc',
  'manager',
  'service',
  'services',
]);

/**
 * Addresses of package registries, and folders of somebody's machine. Written so that this file does not find
 * itself.
 */
const foreign: readonly { readonly pattern: RegExp; readonly text: string }[] = [
  {
    pattern: /\b(?:registry|npm|pypi|mirror)[.-][a-z0-9-]+\.(?:org|com|net|io|cn|dev|internal)\b/g,
    text: 'Cannot name a package registry: everybody has their own, npm knows it',
  },
  {
    pattern: /(?<![\w.~$}>-])\/(?:root|work|home\/[a-z]\w*|Users\/[A-Za-z]\w*|tmp\/[a-z]\w+)\//g,
    text: 'Cannot name a folder of one machine',
  },
];

/** Kinds of tests by folder, as in vitest.config.ts, where everything else under test/ is end-to-end. */
const testPlaces = /^(src|test)\/.*\.test\.ts$/;

export function findTreeFaults(files: ProjectFiles, sizes: ReadonlyMap<string, number>): Fault[] {
  const faults: Fault[] = [];
  for (const [file, text] of files) {
    faults.push(...findNameFaults(file), ...findForeign(file, text));
    const bytes = sizes.get(file) ?? 0;
    if (bytes > fileBytesMax) {
      faults.push({
        file,
        line: 1,
        text: `Cannot keep ${Math.ceil(bytes / 1024)} kB in the repository: 256 kB at most`,
      });
    }
  }
  return [...faults, ...findLockfileFaults(files)];
}

function findNameFaults(file: string): Fault[] {
  const faults: Fault[] = [];
  if (!/^(src|test|tools|bench|console|bin)\//.test(file)) return faults;
  const stems = file.split('/').flatMap((part) => part.replace(/\..*$/, '').split('-'));
  const empty = stems.find((stem) => emptyNames.has(stem));
  if (empty !== undefined) {
    faults.push({ file, line: 1, text: `Cannot use "${empty}" in a name: say what is inside` });
  }
  if (/\.(test|spec)\.[mc]?[jt]sx?$/.test(file) && !testPlaces.test(file)) {
    faults.push({
      file,
      line: 1,
      text: 'Cannot run this test: tests are src/**/*.test.ts and test/**/*.test.ts',
    });
  }
  return faults;
}

function findForeign(file: string, text: string): Fault[] {
  if (file.endsWith('package-lock.json')) return [];
  return foreign.flatMap(({ pattern, text: fault }) =>
    [...text.matchAll(pattern)].map(({ index }) => ({ file, line: toLine(text, index), text: fault })),
  );
}

/** An address in a lockfile sends everybody to the registry of whoever wrote it last. */
function findLockfileFaults(files: ProjectFiles): Fault[] {
  const faults: Fault[] = [];
  for (const [file, text] of files) {
    if (!file.endsWith('package-lock.json')) continue;
    for (const match of text.matchAll(/"resolved": "http/g)) {
      faults.push({
        file,
        line: toLine(text, match.index),
        text: 'Cannot keep a download address in the lockfile',
      });
    }
    faults.push(...findMissingBuilds(file, text));
  }
  return faults;
}

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Builds for other platforms that the lockfile names but does not hold. npm leaves them out silently when the
 * registry lacks them, and then `npm ci` fails for everybody.
 */
function findMissingBuilds(file: string, text: string): Fault[] {
  const packages = (JSON.parse(text) as { packages?: Record<string, LockedPackage> }).packages ?? {};
  return Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages),
      )
      .map((name) => ({
        file,
        line: toLine(text, text.indexOf(`"${place}": {`)),
        text: `Cannot install ${place.replace(/^.*node_modules\//, '')} everywhere: the lockfile lacks its build ${name}`,
      })),
  );
}
