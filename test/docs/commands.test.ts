// Every command line and configuration that a written page shows, held against the real command line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Command, commands, toCommandName } from '../../src/cli/index.ts';
import { readProject, root } from '../../tools/project-files.ts';

const pages = [...readProject()].filter(
  ([file]) => file.endsWith('.md') && !file.includes('docs/reference/'),
);

/** Fenced code of one language, of all pages. */
function readFences(language: string): { file: string; code: string }[] {
  const pattern = new RegExp(`^\`\`\`${language}\\b[^\n]*\n(.*?)^\`\`\``, 'gms');
  return pages.flatMap(([file, text]) =>
    [...text.matchAll(pattern)].map(([, code = '']) => ({ file, code })),
  );
}

/** The command lines of shell examples, without comments; a line that goes on is one. */
const commandLines = readFences('sh').flatMap(({ file, code }) =>
  code
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => /^(?:npx )?changeover /.test(line))
    .map((line) => ({ file, line: line.replace(/\s+#.*$/, '') })),
);

/** Words as a shell splits them, up to where another program reads on. */
function splitWords(line: string): string[] {
  const [own = ''] = line.split(/\s[|>&;]/);
  return [...own.replace(/^(?:[A-Z_]+=\S+ )+/, '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

/** What is wrong with a command line, or nothing. */
function judgeCommand(line: string): string | undefined {
  const [, ...words] = splitWords(line.replace(/^npx /, ''));
  if (words.length === 0 || words[0]?.startsWith('-') === true) return undefined;
  const command = commands.find(({ noun, verb }) =>
    noun === null ? words[0] === verb : words[0] === noun && words[1] === verb,
  );
  if (command === undefined) return 'there is no such command';
  return command.takesAll === true
    ? undefined
    : judgeWords(command, words.slice(command.noun === null ? 1 : 2));
}

function judgeWords(command: Command, given: readonly string[]): string | undefined {
  let count = 0;
  for (let at = 0; at < given.length; at++) {
    const word = given[at] ?? '';
    if (!word.startsWith('--')) {
      count++;
      continue;
    }
    const name = word.slice(2).split('=')[0] ?? '';
    const option = command.options[name];
    if (option === undefined) return `"${toCommandName(command)}" has no option --${name}`;
    if (option.type === 'string' && !word.includes('=')) at++;
  }
  const needed = command.words.filter((word) => !word.startsWith('[')).length;
  const most = command.words.some((word) => word.endsWith('…')) ? Infinity : command.words.length;
  return count < needed || count > most
    ? `"${toCommandName(command)}" takes ${command.words.join(' ')}`
    : undefined;
}

test('pages show commands', () => {
  expect(commandLines.length).toBeGreaterThan(5);
});

test.each(commandLines)('$file: $line', ({ line }) => {
  expect(judgeCommand(line)).toBeUndefined();
});

test.each([
  ['changeover key create --name x', 'has no option --name'],
  ['changeover key create', 'takes NAME'],
  ['changeover route lunch x', 'there is no such command'],
])('a wrong command is found: %s', (line, text) => {
  expect(judgeCommand(line)).toContain(text);
});

test('the examples in the help are right', () => {
  const examples = commands.flatMap((command) => command.examples);
  expect(
    examples.map((line) => [line, judgeCommand(line)]).filter(([, problem]) => problem !== undefined),
  ).toEqual([]);
});

/** Whole configurations; a fragment that shows one key is none. */
const configurations = readFences('ya?ml').filter(
  ({ code }) => /^endpoints:/m.test(code) && /^routes:/m.test(code),
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'changeover-configs-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each(configurations.map((each, index) => ({ ...each, index })))(
  '$file: its configuration is valid ($index)',
  ({ code, index }) => {
    const file = path.join(folder, `${index}.yaml`);
    writeFileSync(file, code);
    // The keys that it names are there; what they are makes no difference to the check.
    const named = [...code.matchAll(/env:(\w+)/g)].map(([, name = '']) => [name, 'sk-test'] as const);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'bin/changeover.mjs'), 'config', 'check', file],
      { encoding: 'utf8', env: { ...process.env, ...Object.fromEntries(named) } },
    );
    expect(`${stdout}${stderr}`).not.toMatch(/Cannot/);
    expect(status).toBe(0);
  },
);
