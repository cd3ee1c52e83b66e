// Runs the examples of the written pages: fenced code marked `run`, as in ```sh run or ```ts run. They run
// against a gateway with simulated endpoints; its address takes the place of the usual one, and
// $CHANGEOVER_KEY holds a key.
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProject, root } from '../../tools/project-files.ts';
import { type GatewayProcess, postJson, startGateway } from '../gateway-process/start-gateway.ts';

interface Example {
  readonly name: string;
  readonly language: string;
  readonly code: string;
}

function readExamples(file: string, text: string): Example[] {
  const fences = [...text.matchAll(/^```(sh|js|ts) run\n(.*?)^```/gms)];
  return fences.map(({ 1: language = '', 2: code = '' }, index) => ({
    name: `${file} example ${index + 1}`,
    language,
    code,
  }));
}

const examples = [...readProject()]
  .filter(([file]) => file.endsWith('.md'))
  .flatMap(([file, text]) => readExamples(file, text));

let gateway: GatewayProcess;
let key: string;
let folder: string;
/** Inside the project, so that the examples find its packages, and where the checkers do not look. */
let scripts: string;

beforeAll(async () => {
  gateway = await startGateway();
  const { body } = await postJson(`${gateway.url}/api/keys`, gateway.adminKey, { name: 'examples' });
  key = (body as { key: string }).key;
  folder = mkdtempSync(path.join(tmpdir(), 'changeover-examples-'));
  scripts = path.join(root, '.toolchain', `examples-${process.pid}`);
  mkdirSync(scripts, { recursive: true });
  const command = path.join(folder, 'changeover');
  const bin = path.join(root, 'bin', 'changeover.mjs');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  chmodSync(command, 0o755);
});

afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(scripts, { recursive: true, force: true });
});

async function runExample({ language, code }: Example, index: number): Promise<string> {
  const text = code.replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):8787/g, gateway.url);
  const file = path.join(scripts, `example-${index}.${language}`);
  writeFileSync(file, text);
  const [program, ...parameters] =
    language === 'sh' ? ['bash', '-euo', 'pipefail', file] : [process.execPath, file];
  const environment = {
    ...process.env,
    PATH: `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`,
    CHANGEOVER_KEY: key,
    CHANGEOVER_ADMIN_KEY: gateway.adminKey,
    CHANGEOVER_URL: gateway.url,
    CHANGEOVER_DATA: gateway.dataFolder,
  };
  return new Promise((resolve, reject) => {
    execFile(program ?? 'bash', parameters, { cwd: folder, env: environment }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`Cannot run the example:\n${text}\n${stdout}${stderr}`, { cause: error }));
    });
  });
}

test('pages have examples that run', () => {
  expect(examples.length).toBeGreaterThan(3);
});

test.each(examples.map((example, index) => ({ ...example, index })))('$name runs', async (example) => {
  expect(await runExample(example, example.index)).not.toBe('');
});
