// Runs the vendors' official SDKs through Changeover against a real llama-server, which is built once. Prints
// a line per case and ends with the counts. Without the tools to build, it says so and skips.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { scrubEnvironment } from '../../tools/scrub-environment.ts';
import { askAdmin, callChat, createKey } from '../e2e/admin-client.ts';
import { killWithParent } from '../gateway-process/kill-with-parent.ts';
import { type GatewayProcess, startGateway } from '../gateway-process/start-gateway.ts';
import { buildLlamaServer, type BuiltServer } from './build-llama-server.ts';
import { cases, createBench, model, offer, route } from './cases.ts';
import { isPortFree, startEngine } from './start-engine.ts';
import { writeTinyGguf } from './tiny-gguf.ts';

/** Where discovery looks for a llama-server. */
const discoveredPort = 8080;
/** Bound of one case; all of them together stay well below 90 s on two busy cores. */
const caseMsMax = 45_000;

interface Count {
  passed: number;
  failed: number;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function toSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

async function within<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not done after ${toSeconds(caseMsMax)}`)), caseMsMax);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function runCase(count: Count, name: string, run: () => Promise<string | undefined>): Promise<void> {
  const startedMs = performance.now();
  try {
    const said = await within(run());
    count.passed++;
    write(`✓ ${name} (${toSeconds(performance.now() - startedMs)})${said === undefined ? '' : `: ${said}`}`);
  } catch (error) {
    count.failed++;
    write(`✗ ${name}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

async function start(options: Parameters<typeof startGateway>[0]): Promise<GatewayProcess> {
  const gateway = await startGateway(options);
  killWithParent(gateway.child);
  return gateway;
}

/** Without a configuration Changeover looks for engines on this machine; it must find this one and serve it. */
async function findByItself(): Promise<string> {
  const gateway = await start({ environment: { CHANGEOVER_DISCOVER: '1' } });
  try {
    assert.match(gateway.printed(), /port 8080: endpoint "llama-server"/);
    const { key } = await createKey(gateway);
    const answer = await callChat(gateway, key, { model, max_tokens: 4 });
    assert.deepEqual([answer.status, answer.offer], [200, `${model}@llama-server`]);
    const listed = await askAdmin<{ routes: { name: string }[] }>(gateway, 'GET /api/routes');
    assert.ok(listed.body.routes.some((entry) => entry.name === model));
    return `${model}@llama-server`;
  } finally {
    await gateway.close();
  }
}

async function runAll(program: string, folder: string, count: Count): Promise<void> {
  const modelFile = path.join(folder, 'tiny.gguf');
  writeTinyGguf(modelFile);
  const isDiscoverable = await isPortFree(discoveredPort);
  const port = isDiscoverable ? discoveredPort : null;
  const engine = await startEngine({ program, model: modelFile, alias: model, port });
  try {
    const config = path.join(folder, 'changeover.yaml');
    const endpoint = `  house: { profile: llama-server, url: "${engine.url}", models: [${model}] }`;
    writeFileSync(config, `endpoints:\n${endpoint}\nroutes:\n  ${route}: { serve: ${offer} }\n`);
    const gateway = await start({ parameters: ['--config', config] });
    try {
      const { key } = await createKey(gateway);
      const bench = createBench(gateway, engine, key);
      for (const [name, run] of cases) await runCase(count, name, () => run(bench));
    } finally {
      await gateway.close();
    }
    const name = 'discovery finds the engine';
    if (isDiscoverable) await runCase(count, name, findByItself);
    else write(`- ${name}: skipped, as port ${discoveredPort} is taken by another program`);
  } finally {
    await engine.stop();
  }
}

async function main(): Promise<number> {
  // Keys and proxies of whoever runs this have no place in it.
  process.env = scrubEnvironment(process.env);
  let built: BuiltServer;
  try {
    built = await buildLlamaServer(write);
  } catch (error) {
    write(error instanceof Error ? error.message : String(error));
    return 1;
  }
  if ('skipped' in built) {
    write(`skipped: ${built.skipped}`);
    return 0;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-engines-'));
  const count: Count = { passed: 0, failed: 0 };
  try {
    await runAll(built.file, folder, count);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  write(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 ? 0 : 1;
}

process.exitCode = await main();
