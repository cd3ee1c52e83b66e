import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../test/api/start-test-api.ts';
import { commands } from './command-table.ts';
import { toCommandName } from './command.ts';
import type { AssemblyDoor, CliIo } from './io.ts';
import { runCli } from './run-cli.ts';

interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

let api: TestApi;
let folder: string;
beforeEach(async () => {
  api = await startTestApi();
  folder = mkdtempSync(path.join(tmpdir(), 'changeover-cli-'));
  writeFileSync(path.join(folder, 'admin.json'), JSON.stringify({ url: api.url, key: api.adminKey }));
});
afterEach(async () => {
  await api.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What `serve` and the others of the composition root were given. */
const given: unknown[] = [];
const assembly: AssemblyDoor = {
  serve: async (options) => {
    given.push(options);
    return 0;
  },
  simulate: async (parameters) => {
    given.push(parameters);
    return 0;
  },
  checkConfigFile: async (file) => ({
    ok: false,
    hash: null,
    problems: [
      {
        severity: 'error',
        file,
        position: { line: 7, column: 5 },
        path: 'routes.support.serve',
        text: 'Cannot find offer "x@y"',
        remedy: 'Write it as model@endpoint',
      },
    ],
  }),
};

function collect(): { readonly text: () => string; write(text: string | Uint8Array): Promise<void> } {
  const pieces: Buffer[] = [];
  return {
    text: () => Buffer.concat(pieces).toString('utf8'),
    async write(text) {
      pieces.push(Buffer.from(text as string));
    },
  };
}

async function run(argv: readonly string[], changes: Partial<CliIo> = {}): Promise<Ran> {
  const stdout = collect();
  const stderr = collect();
  const exitCode = await runCli(argv, {
    stdout,
    stderr,
    env: { CHANGEOVER_DATA: folder },
    cwd: folder,
    home: folder,
    isTerminal: false,
    now: () => api.clock.now(),
    sleep: async () => undefined,
    interrupted: () => new AbortController().signal,
    version: '0.1.0',
    loadAssembly: async () => assembly,
    ...changes,
  });
  return { exitCode, out: stdout.text(), err: stderr.text() };
}

describe('the command line', () => {
  test.each([
    [[], 'serve'],
    [['--port', '9000'], 'serve'],
    [['serve', '--port', '9000'], 'serve'],
  ])('%j serves', async (argv, _verb) => {
    given.length = 0;
    expect((await run(argv)).exitCode).toBe(0);
    expect(given[0]).toMatchObject({ folder, port: argv.length === 0 ? null : 9000, opensBrowser: true });
  });

  test('flags win over the environment, and an empty variable is none', async () => {
    given.length = 0;
    const env = { CHANGEOVER_DATA: '/elsewhere', CHANGEOVER_PORT: '1', CHANGEOVER_CONFIG: 'a.yaml' };
    await run(['--port', '2', '--config', 'b.yaml', '--data', folder, '--no-open', '--host', '0.0.0.0'], {
      env,
    });
    await run([], { env: { CHANGEOVER_PORT: '3', CHANGEOVER_CONFIG: '', CHANGEOVER_DATA: folder } });
    expect(given).toMatchObject([
      { port: 2, configFile: 'b.yaml', folder, opensBrowser: false, host: '0.0.0.0' },
      { port: 3, configFile: null, host: null },
    ]);
  });

  test.each([['70000'], ['-1'], ['http'], ['80.5']])('the port "%s" is refused', async (port) => {
    const { exitCode, err } = await run(['serve', `--port=${port}`]);
    expect([exitCode, err.includes('65535')]).toEqual([2, true]);
  });

  test('sim gets its own arguments untouched', async () => {
    given.length = 0;
    expect((await run(['sim', '--vendor', 'glm', '--help'])).exitCode).toBe(0);
    expect(given).toEqual([['--vendor', 'glm', '--help']]);
  });

  test.each([
    [['rout', 'list'], 'Did you mean "route"?'],
    [['route', 'swich'], 'Did you mean "switch"?'],
    [['route', 'list', '--jsn'], 'Did you mean "--json"?'],
    [['route'], 'route switch'],
    [['route', 'show'], 'ROUTE is missing'],
    [['route', 'show', 'a', 'b'], 'Cannot use "b" here'],
    [['route', 'list', '--data'], '--data FOLDER'],
    [['zzzzzzzzzzzz'], 'Known are'],
    [['route', 'switch', 'support', 'a@b'], '--reason'],
    [['route', 'switch', 'support', 'a@b=1', 'c@d', '--reason', 'r'], 'OFFER=SHARE'],
    [['route', 'back', 'support', '--reason', 'r', '--expect', 'x'], '--expect'],
    [['key', 'create', 'k', '--budget', 'much'], '100USD/month'],
    [['key', 'create', 'k', '--max-concurrent', 'many'], 'whole number'],
    [['call', 'list', '--failed', '--succeeded'], 'Leave out'],
    [['ledger', 'export', '--from', 'yesterday'], '--from'],
    [['status', '--url', 'ftp://x'], 'http://host:port'],
    [['status', '--url', 'http://other.test'], 'CHANGEOVER_ADMIN_KEY'],
  ])('%j is wrong usage and says what to do', async (argv, hint) => {
    const { exitCode, out, err } = await run(argv);
    expect(exitCode).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^Cannot /);
    expect(err).toContain(hint);
  });

  test('every command has help with its options and an example', async () => {
    const all = await run(['--help']);
    expect(await run(['help'])).toEqual(all);
    for (const command of commands) {
      const name = toCommandName(command);
      expect(all.out).toContain(name);
      const { exitCode, out } = await run(['help', ...name.split(' ')]);
      expect([name, exitCode]).toEqual([name, 0]);
      expect(out).toContain(command.examples[0]);
      for (const option of Object.keys(command.options)) expect(out).toContain(`--${option}`);
      expect(command.examples.every((example) => example.includes('changeover'))).toBe(true);
      if (command.takesAll !== true) expect((await run([...name.split(' '), '--help'])).out).toBe(out);
    }
    expect((await run(['help', 'route'])).exitCode).toBe(0);
    expect((await run(['help', 'nothing'])).exitCode).toBe(2);
  });

  test('version tells itself', async () => {
    for (const argv of [['version'], ['--version'], ['-v']]) expect((await run(argv)).out).toBe('0.1.0\n');
  });
});

describe('finding the server', () => {
  test('without admin.json it says where it looked, with exit code 3', async () => {
    const { exitCode, err } = await run(['status', '--data', path.join(folder, 'none')]);
    expect(exitCode).toBe(3);
    expect(err).toContain(path.join(folder, 'none', 'admin.json'));
  });

  test('a server that is down is exit code 3', async () => {
    await api.close();
    const { exitCode, err } = await run(['status']);
    expect([exitCode, err.includes('ECONNREFUSED')]).toEqual([3, true]);
  });

  test('--url takes the key from the environment, and the key of a file goes to its own address only', async () => {
    const env = { CHANGEOVER_ADMIN_KEY: api.adminKey, CHANGEOVER_DATA: path.join(folder, 'none') };
    expect((await run(['status', '--url', api.url], { env })).exitCode).toBe(0);
    expect((await run(['status'], { env: { ...env, CHANGEOVER_URL: api.url } })).exitCode).toBe(0);
    expect((await run(['status', '--url', api.url])).exitCode).toBe(0);
    const elsewhere = createServer((request, response) => response.end(request.headers.authorization));
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    expect((await run(['status', '--url', `http://127.0.0.1:${port}`])).exitCode).toBe(2);
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  test('another program on the port is told apart from a refusal', async () => {
    const other = createServer((_request, response) => response.writeHead(404).end('<html>not found</html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    writeFileSync(
      path.join(folder, 'admin.json'),
      JSON.stringify({ url: `http://127.0.0.1:${port}`, key: 'k' }),
    );
    const { exitCode, err } = await run(['status']);
    expect([exitCode, err.includes('not from Changeover')]).toEqual([1, true]);
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
  });

  test('a wrong key is exit code 1 with the remedy', async () => {
    writeFileSync(path.join(folder, 'admin.json'), JSON.stringify({ url: api.url, key: 'wrong' }));
    const { exitCode, err } = await run(['route', 'list']);
    expect([exitCode, err.includes('admin.json')]).toEqual([1, true]);
  });
});

describe('route', () => {
  test('switch says what was, what is, and how to go back', async () => {
    const { exitCode, out, err } = await run([
      'route',
      'switch',
      'support',
      'qwen3.7-plus@qwen-sg',
      '--reason',
      'half the price',
    ]);
    expect(exitCode).toBe(0);
    expect(out).toBe('Route "support": gpt-5.5@openai → qwen3.7-plus@qwen-sg (version 2)\n');
    expect(err).toContain('changeover route back support');
    const back = await run(['route', 'back', 'support', '--reason', 'worse']);
    expect(back.out).toBe('Route "support": qwen3.7-plus@qwen-sg → gpt-5.5@openai (version 3)\n');
    expect(back.err).toContain('route switch support qwen3.7-plus@qwen-sg');
    const shown = await run(['route', 'show', 'support']);
    expect(shown.out).toMatch(/2 .* admin \(switch\) +qwen3\.7-plus@qwen-sg +half the price/);
    expect(shown.out).toContain('runs in SG, data in SG, by alibaba (CN)');
  });

  test('switch with shares', async () => {
    const shares = ['gpt-5.5@openai=90', 'qwen3.7-plus@qwen-sg=10'];
    const { out } = await run(['route', 'switch', 'support', ...shares, '--reason', 'ramp']);
    expect(out).toContain('→ gpt-5.5@openai 90 %, qwen3.7-plus@qwen-sg 10 % (version 2)');
  });

  test('switch is refused when somebody else was faster', async () => {
    const argv = ['route', 'switch', 'support', 'qwen3.7-plus@qwen-sg', '--reason', 'r', '--expect', '7'];
    const { exitCode, err } = await run(argv);
    expect([exitCode, err.includes('at version 1, not 7')]).toEqual([1, true]);
    const refused = await run([...argv, '--json']);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code: 'CHG_SERVING_CONFLICT' } });
    expect(refused.exitCode).toBe(1);
  });

  test('an offer that the route does not allow is refused with the reason', async () => {
    const { exitCode, err } = await run([
      'route',
      'switch',
      'citizens',
      'qwen3.7-plus@qwen-sg',
      '--reason',
      'r',
    ]);
    expect([exitCode, err.includes('inference runs in "SG"')]).toEqual([1, true]);
  });

  test('a hostile route name cannot command the terminal or the shell', async () => {
    const name = `x'; rm -rf ~\u001b[2J\u202e`;
    api.plane.addRoute(name);
    const list = await run(['route', 'list']);
    expect(list.out).not.toContain('\u001b');
    expect(list.out).toContain('<U+001B>[2J<U+202E>');
    const switched = await run(['route', 'switch', name, 'gpt-5.5@openai', '--reason', 'r']);
    expect(switched.err).toContain(String.raw`'x'\''; rm -rf ~<U+001B>[2J<U+202E>'`);
  });
});

describe('key', () => {
  test('create prints the key alone on stdout', async () => {
    const { out, err } = await run(['key', 'create', 'helpdesk', '--route', 'support', '--route', 'demo']);
    expect(out).toMatch(/^chg_\w+\n$/);
    expect(err).toContain('helpdesk');
    const list = await run(['key', 'list']);
    expect(list.out).toContain('support, demo');
    expect(list.out).not.toContain(out.trim());
  });

  test('create passes limits on, and revoke revokes', async () => {
    const argv = [
      'key',
      'create',
      'batch',
      '--budget',
      '12.50USD/month',
      '--max-concurrent',
      '8',
      '--expires',
      '30d',
    ];
    const made = await run([...argv, '--team', 't', '--org', 'o', '--json']);
    const key = JSON.parse(made.out) as { id: string };
    expect(key).toMatchObject({
      budget: { amount: '12.5', currency: 'USD', period: 'month' },
      maxConcurrent: 8,
      team: 't',
      org: 'o',
    });
    expect((await run(['key', 'revoke', key.id])).out).toContain('Revoked key "batch"');
    expect((await run(['key', 'list'])).out).toContain('revoked 20');
    expect((await run(['key', 'revoke', 'key_none'])).exitCode).toBe(1);
  });

  test('list pages', async () => {
    expect((await run(['key', 'list'])).err).toContain('No keys yet');
    for (const name of ['a', 'b', 'c']) await run(['key', 'create', name]);
    const first = await run(['key', 'list', '--limit', '2']);
    const cursor = /--cursor (\S+)/.exec(first.err)?.[1] ?? '';
    const second = await run(['key', 'list', '--limit', '2', '--cursor', cursor]);
    expect(second.out.trim().split('\n')).toHaveLength(2);
    expect(second.err).toBe('');
  });
});

describe('call', () => {
  test('list shows a table, and --json is the answer of the API to the byte', async () => {
    api.plane.addCall({ status: 504, failure: 'CHG_UPSTREAM_TIMEOUT', route: 'demo' });
    api.plane.addCall();
    const table = await run(['call', 'list']);
    expect(table.out).toMatch(/TIME .* ROUTE .* COST\n/);
    expect(table.out).toContain('504 CHG_UPSTREAM_TIMEOUT');
    const json = await run(['call', 'list', '--json', '--failed', '--route', 'demo']);
    const direct = await fetch(`${api.url}/api/calls?route=demo&failed=true&limit=50`, {
      headers: { authorization: `Bearer ${api.adminKey}` },
    });
    expect(json.out).toBe(await direct.text());
    expect((await run(['call', 'list', '--succeeded'])).out).not.toContain('504');
    expect((await run(['call', 'list', '--key', 'none'])).err).toContain('No calls');
  });

  test('show tells attempts, and bodies when they are kept', async () => {
    const { id } = api.plane.addCall();
    expect((await run(['call', 'show', id])).out).toContain('admit: no limit applies');
    expect((await run(['call', 'show', id, '--bodies'])).exitCode).toBe(1);
    api.plane.bodies.set(id, { request: Buffer.from('{"q":1}'), response: Buffer.from('{"a":2}') });
    expect((await run(['call', 'show', id, '--bodies'])).out).toBe('{"q":1}\n\n{"a":2}\n');
  });

  test('tail shows each new call once, in order, until it is stopped', async () => {
    for (let index = 0; index < 8; index++) api.plane.addCall();
    const stopped = new AbortController();
    const added: string[] = [];
    let looks = 0;
    const { exitCode, out } = await run(['call', 'tail', '--json'], {
      interrupted: () => stopped.signal,
      // More come between two looks than fit in one page.
      sleep: async () => {
        looks++;
        if (looks === 4) stopped.abort();
        else for (let index = 0; index < 250; index++) added.push(api.plane.addCall().id);
      },
    });
    expect(exitCode).toBe(0);
    const shown = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(shown.slice(5)).toEqual(added);
    expect(new Set(shown).size).toBe(shown.length);
  });

  test('tail has one line of titles, and says when the server goes away', async () => {
    api.plane.addCall();
    const { exitCode, out, err } = await run(['call', 'tail'], {
      sleep: async () => {
        api.plane.addCall();
        if (api.plane.calls.length > 3) await api.close();
      },
    });
    expect(exitCode).toBe(3);
    expect(out.match(/ANSWERED BY/g)).toHaveLength(1);
    expect(out.trim().split('\n')).toHaveLength(4);
    expect(err).toContain('Cannot reach');
  });
});

describe('endpoint', () => {
  test('list and test', async () => {
    expect((await run(['endpoint', 'list'])).out).toMatch(/qwen-sg +openai-compatible +SG +alibaba \(CN\)/);
    const good = await run(['endpoint', 'test', 'openai', '--model', 'gpt-5.5']);
    expect([good.exitCode, good.out.includes('Models: gpt-5.5')]).toEqual([0, true]);
    api.plane.faults = { callFails: true };
    const bad = await run(['endpoint', 'test', 'openai']);
    expect([bad.exitCode, bad.out.includes('Remedy:')]).toEqual([1, true]);
  });
});

describe('ledger', () => {
  test('verify asks the server, and damage is exit code 1', async () => {
    expect(await run(['ledger', 'verify'])).toMatchObject({ exitCode: 0, err: '' });
    api.plane.faults = { verifyFinds: 'Row 2 does not follow row 1' };
    const damaged = await run(['ledger', 'verify']);
    expect(damaged.exitCode).toBe(1);
    expect(damaged.out).toContain('✗ chain-broken (main w1 2 call_2): Row 2 does not follow row 1');
    const json = await run(['ledger', 'verify', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, findingCount: 1 });
  });

  test('verify that breaks off is never taken for a good ledger', async () => {
    api.plane.faults = { verifyThrows: true };
    const { exitCode, err } = await run(['ledger', 'verify']);
    expect([exitCode, err.includes('broke off')]).toEqual([1, true]);
  });

  test('verify of a folder or file without a ledger says so', async () => {
    expect((await run(['ledger', 'verify', folder])).exitCode).toBe(1);
    expect((await run(['ledger', 'verify', path.join(folder, 'none.jsonl')])).exitCode).toBe(1);
    expect((await run(['ledger', 'verify', folder, '--trust', 'none.pem'])).exitCode).toBe(2);
  });

  test('export writes the bytes of the server, and overwrites nothing', async () => {
    const file = path.join(folder, 'out.jsonl');
    expect((await run(['ledger', 'export'])).out).toBe('{"line":1}\n{"line":2}\n');
    expect((await run(['ledger', 'export', '--out', file, '--from', '2026-11-01'])).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('{"line":1}\n{"line":2}\n');
    const again = await run(['ledger', 'export', '--out', file]);
    expect([again.exitCode, again.err.includes('EEXIST')]).toEqual([1, true]);
  });
});

describe('config, status, backup', () => {
  test('config check names line, path and remedy, and needs no server', async () => {
    const { exitCode, out } = await run(['config', 'check', 'my.yaml', '--json'], { env: {} });
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false });
    const human = await run(['config', 'check', 'my.yaml'], { env: {} });
    expect(human.out).toBe(
      'my.yaml:7:5: error: routes.support.serve: Cannot find offer "x@y"\n  Remedy: Write it as model@endpoint\n',
    );
  });

  test('config show, status and backup', async () => {
    expect((await run(['config', 'show'])).out).toContain('[secret]');
    expect((await run(['config', 'show', '--values'])).out).toMatch(/listen\.port +8787 +default/);
    expect((await run(['status'])).out).toMatch(/Version +0\.1\.0/);
    expect(JSON.parse((await run(['status', '--json'])).out)).toMatchObject({ version: '0.1.0' });
    expect((await run(['backup'])).out).toContain('changeover.db');
  });
});

describe('colours', () => {
  test('are for terminals without NO_COLOR only', async () => {
    api.plane.addCall();
    const env = { CHANGEOVER_DATA: folder };
    expect((await run(['call', 'list'], { env, isTerminal: true })).out).toContain('\u001b[32m');
    expect(
      (await run(['call', 'list'], { env: { ...env, NO_COLOR: '1' }, isTerminal: true })).out,
    ).not.toContain('\u001b');
    expect((await run(['call', 'list'], { env })).out).not.toContain('\u001b');
  });
});

test('the data folder beside a clone or an old one here wins over the home folder', async () => {
  given.length = 0;
  const home = path.join(folder, 'home');
  const clone = path.join(folder, 'clone');
  mkdirSync(path.join(clone, 'tools'), { recursive: true });
  mkdirSync(path.join(clone, 'src'), { recursive: true });
  writeFileSync(path.join(clone, 'tools', 'bootstrap.mjs'), '');
  writeFileSync(path.join(clone, 'src', 'main.ts'), '');
  const here = path.join(folder, 'here');
  mkdirSync(path.join(here, '.changeover'), { recursive: true });
  for (const cwd of [clone, here, folder]) await run([], { env: {}, home, cwd });
  await run([], { env: { CHANGEOVER_DATA: 'named' }, home, cwd: clone });
  expect(given.map((options) => (options as { folder: string }).folder)).toEqual([
    path.join(clone, '.changeover'),
    path.join(here, '.changeover'),
    path.join(home, '.changeover'),
    path.join(clone, 'named'),
  ]);
});
