import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The project's root folder. */
export const root = path.join(import.meta.dirname, '..');

/** One thing that a checker found wrong. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** The project's files by their path from the root, with forward slashes. Binary files have an empty text. */
export type ProjectFiles = ReadonlyMap<string, string>;

/** Folders that hold nothing of ours. */
const skippedFolders = new Set(['node_modules', '.git', '.toolchain', '.changeover', 'dist', 'coverage']);

/** A walk rather than `git ls-files`, so that the checkers also work in an unpacked archive. */
export function readProject(folder: string = root): ProjectFiles {
  const files = new Map<string, string>();
  const walk = (place: string) => {
    for (const entry of readdirSync(path.join(folder, place), { withFileTypes: true })) {
      const file = place === '' ? entry.name : `${place}/${entry.name}`;
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) walk(file);
      if (entry.isFile() && !isLocal(entry.name)) files.set(file, readText(path.join(folder, file)));
    }
  };
  walk('');
  return files;
}

/** Size of each file, for the check of large ones. */
export function readSizes(files: ProjectFiles, folder: string = root): ReadonlyMap<string, number> {
  return new Map([...files.keys()].map((file) => [file, statSync(path.join(folder, file)).size]));
}

/** Prints the faults, and how many files were seen, since a checker that sees nothing finds nothing. */
export function reportFaults(name: string, seen: number, faults: readonly Fault[]): void {
  for (const { file, line, text } of faults) console.error(`${file}:${line} ${text}`);
  console.log(`${name}: ${seen} files, ${faults.length} faults`);
  if (faults.length > 0) process.exitCode = 1;
}

/** Files that .gitignore leaves out by name. */
function isLocal(name: string): boolean {
  return /\.(log|tgz)$/.test(name) || name === '.DS_Store';
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}
