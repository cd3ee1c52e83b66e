import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../tools/project-files.ts';
import { postJson, startGateway } from '../gateway-process/start-gateway.ts';
import { runNpm } from './run-npm.ts';

/** Building, packing and installing, on a slow machine and without npm's cache. */
const installMs = 240_000;

let folder: string;
let installed: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'changeover-pack-'));
  const printed = await runNpm(root, ['pack', '--json', '--pack-destination', folder]);
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  expect(tarball, printed).toBeDefined();
  const app = path.join(folder, 'app');
  mkdirSync(app);
  const manifest = { name: 'app', private: true, dependencies: { changeover: `file:../${tarball}` } };
  writeFileSync(path.join(app, 'package.json'), JSON.stringify(manifest));
  // What the clone installed is in npm's cache, so this needs the registry only when the cache was emptied
  // since.
  await runNpm(app, ['install', '--prefer-offline', '--ignore-scripts']);
  installed = path.join(app, 'node_modules', 'changeover');
}, installMs);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function listFiles(place: string): string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(place, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));
}

test('the package holds what runs, its licence and nothing else', () => {
  const files = listFiles(installed);
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'bin/changeover.mjs', 'dist/main.js', 'package.json']),
  );
  expect(files.filter((file) => /\.tsx?$|\.(test|case)\.|^(src|test|tools|bench|docs)\//.test(file))).toEqual(
    [],
  );
});

test('what was built addresses no TypeScript file', () => {
  const sources = listFiles(path.join(installed, 'dist')).filter((file) => file.endsWith('.js'));
  const wrong = sources.filter((file) =>
    /(?:from|import\(|URL\()\s*['"]\.[^'"\n]*\.ts['"]/.test(
      readFileSync(path.join(installed, 'dist', file), 'utf8'),
    ),
  );
  expect(sources.length).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test('the files beside the code are there', () => {
  const assets = listFiles(path.join(root, 'src')).filter((file) => !file.endsWith('.ts'));
  expect(assets.filter((file) => !existsSync(path.join(installed, 'dist', file)))).toEqual([]);
});

test('the installed command starts, serves a call and stops', async () => {
  const gateway = await startGateway({ bin: path.join(installed, 'bin', 'changeover.mjs') });
  try {
    const created = await postJson(`${gateway.url}/api/keys`, gateway.adminKey, { name: 'pack' });
    expect(created.body, gateway.printed()).toMatchObject({
      id: expect.any(String),
      key: expect.stringMatching(/^chg_/),
    });
    const { key } = created.body as { key: string };
    const call = { model: 'demo', messages: [{ role: 'user', content: 'Say hello.' }] };
    expect(await postJson(`${gateway.url}/v1/chat/completions`, key, call)).toMatchObject({
      status: 200,
      body: {
        object: 'chat.completion',
        choices: [{ message: { role: 'assistant', content: expect.any(String) } }],
      },
    });
    expect(await postJson(`${gateway.url}/v1/chat/completions`, 'chg_wrong', call)).toMatchObject({
      status: 401,
    });
    gateway.child.kill('SIGTERM');
    expect(await gateway.ended, gateway.printed()).toBe(0);
    expect(gateway.printed()).not.toContain(gateway.adminKey);
  } finally {
    await gateway.close();
  }
});
