import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';

/** Runs a script as the tests' child processes run, and returns what it printed and what was reported. */
function runGuarded(script: string): { printed: string; reported: string } {
  const reportFile = path.join(tmpdir(), `changeover-guard-${process.pid}.txt`);
  try {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      env: { ...process.env, CHG_TEST_OUTSIDE_FILE: reportFile },
    });
    return { printed: `${stdout}${stderr}`, reported: readIfThere(reportFile) };
  } finally {
    rmSync(reportFile, { force: true });
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOENT' });
    return '';
  }
}

test.each([
  [
    'an address',
    "import net from 'node:net'; net.connect(443, '192.0.2.1').on('error', (e) => console.log(e.code));",
  ],
  [
    'an address of IPv6',
    "import net from 'node:net'; net.connect(443, '2001:db8::1').on('error', (e) => console.log(e.code));",
  ],
  ['a name', "await fetch('https://example.com/').catch((e) => console.log(e.cause.code));"],
  [
    'a look-up',
    "import { lookup } from 'node:dns/promises'; await lookup('example.com').catch((e) => console.log(e.code));",
  ],
  [
    'a name with a look-up of its own',
    `import net from 'node:net';
     const answer = [{ address: '192.0.2.1', family: 4 }];
     const lookup = (name, { all }, done) => all ? done(null, answer) : done(null, '192.0.2.1', 4);
     net.connect({ port: 443, host: 'own.example', lookup }).on('error', (e) => console.log(e.code));`,
  ],
  [
    'an address in a worker thread',
    `import { Worker } from 'node:worker_threads';
     new Worker("process.getBuiltinModule('node:net').connect(443, '192.0.2.1').on('error', (e) => console.log(e.code))", { eval: true });`,
  ],
])('a test cannot reach %s outside this machine', (_name, script) => {
  const { printed, reported } = runGuarded(script);
  // A network that refuses at once may be quicker than the guard with its error, never with its report.
  expect(printed).toMatch(/ERR_TEST_OUTSIDE_LOOPBACK|ENETUNREACH|EHOSTUNREACH/);
  expect(reported).toMatch(/(connect to|look up) /);
});

test('a test reaches loopback by name and address', async () => {
  const server = createServer((socket) => socket.end('hello'));
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  const { port, address } = server.address() as AddressInfo;
  for (const host of ['localhost', address]) {
    const chunks = await connect(port, host).setEncoding('utf8').toArray();
    expect(chunks.join('')).toBe('hello');
  }
  await new Promise((resolve) => server.close(resolve));
});
