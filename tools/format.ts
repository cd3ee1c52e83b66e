// Puts the whole project, or the files given, into shape: comments wrapped, code formatted, safe lint fixes
// made.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { readProject, root } from './project-files.ts';
import { wrapFiles } from './wrap-comments.ts';

function runTool(file: string, parameters: readonly string[]): void {
  const program = path.join(root, 'node_modules', file);
  const { error } = spawnSync(process.execPath, [program, ...parameters], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (error !== undefined) throw error;
}

const given = process.argv.slice(2);
const isGiven = (file: string) =>
  given.some((place) => file === place || file.startsWith(`${place.replace(/\/$/, '')}/`));
const files = [...readProject().keys()].filter((file) => given.length === 0 || isGiven(file));
const wrapped = wrapFiles(files);
const paths = given.length > 0 ? given : ['.'];
runTool('oxfmt/bin/oxfmt', ['--no-error-on-unmatched-pattern', ...paths]);
// Twice: the formatter breaks lines that the linter then wants braces for.
runTool('oxlint/bin/oxlint', ['--fix', '--quiet', ...paths]);
runTool('oxfmt/bin/oxfmt', ['--no-error-on-unmatched-pattern', ...paths]);
console.log(`Formatted${wrapped.length > 0 ? `; comments wrapped in ${wrapped.length} files` : ''}`);
