import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../tools/project-files.ts';
import { runNpm } from './run-npm.ts';

/** Building, packing and installing, on a slow machine and without npm's cache. */
const installMs = 240_000;

const adminKey = 'pack-test-admin-key-0123456789abcdef';

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

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | string>;
  printed(): string;
}

async function start(data: string): Promise<Running> {
  const port = await findFreePort();
  const bin = path.join(installed, 'bin', 'changeover.mjs');
  const child = spawn(process.execPath, [bin, 'serve', '--port', String(port), '--data', data, '--no-open'], {
    cwd: folder,
    env: { ...process.env, CHANGEOVER_ADMIN_KEY: adminKey, CHANGEOVER_DISCOVER: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => {
      resolve(code ?? signal ?? 'unknown');
    });
  });
  return { url: `http://127.0.0.1:${port}`, child, ended, printed: () => printed };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch (error) {
    // Nobody listens yet.
    return !(error instanceof TypeError);
  }
}

async function post(url: string, key: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

test('the installed command starts, serves a call and stops', async () => {
  const running = await start(path.join(folder, 'data'));
  try {
    await expect
      .poll(async () => isHealthy(running.url), { timeout: 15_000, message: running.printed() })
      .toBe(true);
    const created = await post(`${running.url}/api/keys`, adminKey, { name: 'pack' });
    expect(created.body, running.printed()).toMatchObject({
      id: expect.any(String),
      key: expect.stringMatching(/^chg_/),
    });
    const { key } = created.body as { key: string };
    const messages = [{ role: 'user', content: 'Say hello.' }];
    const answer = await post(`${running.url}/v1/chat/completions`, key, { model: 'demo', messages });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        object: 'chat.completion',
        choices: [{ message: { role: 'assistant', content: expect.any(String) } }],
      },
    });
    const refused = await post(`${running.url}/v1/chat/completions`, 'chg_wrong', {
      model: 'demo',
      messages,
    });
    expect(refused.status).toBe(401);
    running.child.kill('SIGTERM');
    expect(await running.ended, running.printed()).toBe(0);
    expect(running.printed()).not.toContain(adminKey);
  } finally {
    running.child.kill('SIGKILL');
    await running.ended;
  }
});
