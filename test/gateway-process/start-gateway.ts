// Starts Changeover as a process of its own, as a person does, with simulated endpoints and a data folder
// that is thrown away. For tests that look at the whole from outside.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../tools/project-files.ts';

/** Limit for a start on a machine that runs other tests beside. */
const startMsMax = 15_000;

export interface GatewayProcess {
  readonly url: string;
  readonly adminKey: string;
  readonly dataFolder: string;
  readonly child: ChildProcess;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** What it wrote so far, stdout and stderr. */
  printed(): string;
  /** Stops it politely, by force if need be, and removes its data folder. */
  close(): Promise<number | string>;
}

interface StartOptions {
  /** The program; else this clone's own command. */
  readonly bin?: string;
  readonly parameters?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Resolves when `/healthz` answers; throws with what was printed when the process ends before. */
export async function startGateway(options: StartOptions = {}): Promise<GatewayProcess> {
  const { bin = path.join(root, 'bin', 'changeover.mjs'), parameters = [], environment = {} } = options;
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'changeover-data-'));
  const port = await findFreePort();
  const adminKey = 'admin-key-of-a-test-0123456789abcdef';
  const given = ['serve', '--port', String(port), '--data', dataFolder, '--no-open', ...parameters];
  const child = spawn(process.execPath, [bin, ...given], {
    cwd: dataFolder,
    env: { ...process.env, CHANGEOVER_ADMIN_KEY: adminKey, CHANGEOVER_DISCOVER: '0', ...environment },
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
  const close = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), startMsMax);
    const result = await ended;
    clearTimeout(timer);
    rmSync(dataFolder, { recursive: true, force: true });
    return result;
  };
  const url = `http://127.0.0.1:${port}`;
  const gateway = { url, adminKey, dataFolder, child, ended, printed: () => printed, close };
  await waitUntilHealthy(gateway);
  return gateway;
}

async function waitUntilHealthy(gateway: GatewayProcess): Promise<void> {
  const until = performance.now() + startMsMax;
  while (performance.now() < until && gateway.child.exitCode === null) {
    if (await isHealthy(gateway.url)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const result = await gateway.close();
  throw new Error(`Cannot start the gateway (${result}): it printed\n${gateway.printed()}`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch (error) {
    // Nobody listens yet.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends JSON with a key and reads the JSON answer. */
export async function postJson(
  url: string,
  key: string,
  body: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
