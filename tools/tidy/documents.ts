// Rules on the written pages: the changelog's shape, an index that knows every page, decisions with a date.
import path from 'node:path';
import type { Fault, ProjectFiles } from '../project-files.ts';

const indexFile = 'docs/README.md';
const changelogFile = 'CHANGELOG.md';

export function findDocumentFaults(files: ProjectFiles): Fault[] {
  return [...findIndexFaults(files), ...findDecisionFaults(files), ...findChangelogFaults(files)];
}

function findIndexFaults(files: ProjectFiles): Fault[] {
  const index = files.get(indexFile);
  if (index === undefined) {
    return [{ file: indexFile, line: 1, text: 'Cannot find the index of the documentation' }];
  }
  const linked = new Set(
    [...index.matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) => path.posix.join('docs', target)),
  );
  return [...files.keys()]
    .filter((file) => file.startsWith('docs/') && file.endsWith('.md') && file !== indexFile)
    .filter((file) => !linked.has(file))
    .map((file) => ({ file, line: 1, text: `Cannot find this page from ${indexFile}: link it there` }));
}

function findDecisionFaults(files: ProjectFiles): Fault[] {
  return [...files.keys()]
    .filter((file) => file.startsWith('docs/decisions/'))
    .filter((file) => !/^docs\/decisions\/\d{4}-\d{2}-\d{2}-[a-z0-9-]+\.md$/.test(file))
    .map((file) => ({
      file,
      line: 1,
      text: 'Cannot name a decision so: its name is YYYY-MM-DD-what-was-decided.md',
    }));
}

/** `# Changelog`, then `## Unreleased` or `## 1.2.3 (2026-01-31)`, newest first, each with list entries. */
function findChangelogFaults(files: ProjectFiles): Fault[] {
  const changelog = files.get(changelogFile);
  const fault = (line: number, text: string): Fault => ({ file: changelogFile, line, text });
  if (changelog === undefined) return [fault(1, 'Cannot find the changelog')];
  const lines = changelog.split('\n');
  const faults: Fault[] = [];
  if (lines[0] !== '# Changelog') {
    faults.push(fault(1, 'Cannot read the changelog: it begins with "# Changelog"'));
  }
  const headings = lines.flatMap((text, index) =>
    text.startsWith('## ') ? [{ text, line: index + 1 }] : [],
  );
  if (headings.length === 0) faults.push(fault(1, 'Cannot find a release in the changelog'));
  let newer: readonly number[] | undefined;
  for (const { text, line } of headings) {
    const version = /^## (\d+)\.(\d+)\.(\d+) \(\d{4}-\d{2}-\d{2}\)$/.exec(text)?.slice(1).map(Number);
    if (version === undefined && text !== '## Unreleased') {
      faults.push(fault(line, 'Cannot read this release: write "## Unreleased" or "## 1.2.3 (2026-01-31)"'));
    }
    if (version !== undefined && newer !== undefined && !isNewer(newer, version)) {
      faults.push(fault(line, 'Cannot follow the order of releases: newest first'));
    }
    newer = version ?? newer;
    if (!/^- \S/.test(lines.slice(line).find((each) => each.trim() !== '') ?? '')) {
      faults.push(fault(line, 'Cannot find what changed: each release has a list'));
    }
  }
  return faults;
}

function isNewer(newer: readonly number[], older: readonly number[]): boolean {
  const different = newer.findIndex((part, index) => part !== older[index]);
  return different !== -1 && (newer[different] ?? 0) > (older[different] ?? 0);
}
