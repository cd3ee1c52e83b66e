import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  explain,
  parseConfig,
  type Settings,
  type SettingsSources,
  toProblemText,
  toSettings,
} from './index.ts';
import { testCertificate, testCertificateKey } from './test-certificate.case.ts';

const secrets = ['sk-from-env-1', 'sk-from-file-2'];

const text = `
endpoints:
  openai:   { profile: openai, key: env:OPENAI_API_KEY }
  anthropic: { profile: anthropic, key: sk-from-file-2 }
  stored:   { profile: deepseek, key: 'store:deepseek' }
  house:
    profile: vllm
    url: http://10.0.0.7:8000/v1
    models: [{ name: big, wire_name: /models/big.gguf }]
    prices: { big: { input: 0, output: 0.1, currency: EUR } }
  azure:
    profile: azure-openai
    url: https://r.openai.azure.com
    api_version: 2024-10-21
    key: env:AZURE
    models: [gpt]
  sim:      { profile: sim-openai }
routes:
  r: { serve: big@house, timeouts: { idle: 10s } }
limits: { body_bytes: 1MiB, connections: 10 }
ledger: { durability: strict, when_behind: gap, retention: 90d, checkpoint: { file: /var/c.jsonl } }
listen: { port: 9000 }
`;

const sources: SettingsSources = {
  env: { OPENAI_API_KEY: ' sk-from-env-1\n', AZURE: 'azure-key' },
  readFile: () => {
    throw Object.assign(new Error('no'), { code: 'ENOENT' });
  },
  simulators: { 'sim-openai': 'http://127.0.0.1:4711' },
};

function settle(yaml: string, change: Partial<SettingsSources> = {}): ReturnType<typeof toSettings> {
  const parsed = parseConfig(yaml, 'changeover.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(toProblemText).join('\n'));
  return toSettings(parsed.config, { ...sources, ...change });
}

function settingsOf(yaml: string, change: Partial<SettingsSources> = {}): Settings {
  const result = settle(yaml, change);
  if (!result.ok) throw new Error(result.problems.map(toProblemText).join('\n'));
  return result.settings;
}

function problemsOf(yaml: string, change: Partial<SettingsSources> = {}): string[] {
  const result = settle(yaml, change);
  return result.ok ? [] : result.problems.map(toProblemText);
}

describe('toSettings()', () => {
  test('builds endpoints, offers and what they cost', () => {
    const settings = settingsOf(text);
    expect(settings.endpoints.get('house')?.doors.map((door) => door.url)).toEqual([
      'http://10.0.0.7:8000/v1/chat/completions',
      'http://10.0.0.7:8000/v1/messages',
    ]);
    expect(settings.offers.get('big@house')).toMatchObject({
      wireModel: '/models/big.gguf',
      tariff: { currency: 'EUR', input: 0n, output: 100_000_000n, cacheRead: null },
    });
    expect(settings.offers.get('deepseek-v4-pro@stored')?.tariff?.input).toBe(1_320_000_000n);
    expect(settings.endpoints.get('azure')?.doors[0]?.url).toBe(
      'https://r.openai.azure.com/openai/deployments/{model}/chat/completions?api-version=2024-10-21',
    );
  });

  test('takes addresses of the admin as meant, and no others', () => {
    const { endpoints } = settingsOf(text);
    const allowed = [...endpoints.values()].filter(({ privateAllowed }) => privateAllowed);
    expect(allowed.map(({ name }) => name)).toEqual(['house', 'azure', 'sim']);
  });

  test('says for each endpoint which credential goes where', () => {
    const { credentials } = settingsOf(text);
    expect([...credentials.values()].map(({ endpoint, origin, auth }) => [endpoint, origin, auth])).toEqual([
      ['openai', 'https://api.openai.com', 'bearer'],
      ['anthropic', 'https://api.anthropic.com', 'x-api-key'],
      ['stored', 'https://api.deepseek.com', 'bearer'],
      ['azure', 'https://r.openai.azure.com', 'api-key'],
    ]);
    const source = credentials.get('openai')?.source;
    expect(source?.kind === 'env' && source.secret?.reveal()).toBe('sk-from-env-1');
    expect(credentials.get('stored')?.source).toEqual({ kind: 'store', name: 'deepseek' });
  });

  test('fills limits, ledger and listener with what is written and defaults', () => {
    const { limits, ledger, listen } = settingsOf(text);
    expect(limits).toEqual({
      bodyBytes: 1_048_576,
      bodyBytesInFlight: 536_870_912,
      answerBytes: 67_108_864,
      connections: 10,
    });
    expect(ledger).toEqual({
      durability: 'strict',
      whenBehind: 'gap',
      retentionMs: 90 * 86_400_000,
      checkpointFile: '/var/c.jsonl',
    });
    expect(listen).toEqual({ host: '127.0.0.1', port: 9000, tls: null });
  });

  test('points simulators at where they run, and nowhere when they do not', () => {
    expect(settingsOf(text).endpoints.get('sim')?.doors[0]?.url).toBe(
      'http://127.0.0.1:4711/v1/chat/completions',
    );
    expect(settingsOf(text, { simulators: {} }).endpoints.get('sim')?.doors[0]?.url).toBe(
      'http://sim-openai.invalid/v1/chat/completions',
    );
  });

  test('takes no list price for a model at another region or another address', () => {
    const yaml = `
endpoints:
  a: { profile: qwen, key: env:K, region: singapore }
  b: { profile: qwen, key: env:K, region: beijing }
  c: { profile: openai, key: env:K, url: 'https://reseller.example/v1' }
routes: {}
`;
    const { offers } = settingsOf(yaml);
    expect(offers.get('qwen3.7-plus@a')?.tariff?.currency).toBe('USD');
    expect(offers.get('qwen3.7-plus@b')?.tariff).toBeNull();
    expect(offers.get('gpt-5.5@c')?.tariff).toBeNull();
  });

  test('warns of a variable that is not set, and refuses one that no header can carry', () => {
    const result = settle(text, { env: { AZURE: 'k' } });
    expect(result.ok && result.settings.warnings.map(toProblemText)).toEqual([
      expect.stringContaining('4:41 endpoints.anthropic.key: Warning: The key of endpoint'),
      expect.stringContaining(
        '3:37 endpoints.openai.key: Warning: Environment variable "OPENAI_API_KEY" is not set',
      ),
    ]);
    expect(problemsOf(text, { env: { OPENAI_API_KEY: 'two\nlines', AZURE: 'k' } })).toEqual([
      expect.stringContaining('3:37 endpoints.openai.key: Cannot use environment variable "OPENAI_API_KEY"'),
    ]);
  });
});

describe('toSettings() with certificates', () => {
  const files: Readonly<Record<string, string>> = {
    'cert.pem': testCertificate,
    'key.pem': testCertificateKey,
    'other.pem': generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey,
    'text.pem': 'hello',
  };
  const readFile = (file: string): string => {
    const found = files[file];
    if (found === undefined) throw Object.assign(new Error(file), { code: 'ENOENT' });
    return found;
  };
  const listenWith = (cert: string, key: string): string =>
    `endpoints: {}\nroutes: {}\nlisten: { tls: { cert: ${cert}, key: ${key} } }\n`;

  test('reads them, and names the files to watch', () => {
    const yaml = `
endpoints:
  a:
    profile: vllm
    url: https://h.internal
    models: [m]
    tls: { ca: cert.pem, cert: cert.pem, key: key.pem }
routes: {}
listen: { tls: { cert: cert.pem, key: key.pem } }
`;
    const settings = settingsOf(yaml, { readFile });
    expect(settings.endpoints.get('a')?.tls).toEqual({
      ca: testCertificate,
      certificate: testCertificate,
      key: testCertificateKey,
    });
    expect(settings.listen.tls?.certificate).toBe(testCertificate);
    expect(settings.listen.tls?.key.reveal()).toBe(testCertificateKey);
    expect(settings.files).toEqual(['cert.pem', 'key.pem']);
  });

  test.each([
    ['a file that is not there', 'gone.pem', 'key.pem', '3:24', 'ENOENT'],
    ['a file that is no certificate', 'text.pem', 'key.pem', '3:24', 'no certificate'],
    ['a key in place of a certificate', 'key.pem', 'key.pem', '3:24', 'no certificate'],
    ['a certificate in place of a key', 'cert.pem', 'cert.pem', '3:39', 'not PEM of the expected kind'],
    ['the key of another certificate', 'cert.pem', 'other.pem', '3:39', 'does not belong'],
  ])('refuse %s', (_name, cert, key, place, words) => {
    const problems = problemsOf(listenWith(cert, key), { readFile });
    expect(problems[0]).toContain(`changeover.yaml:${place} listen.tls.`);
    expect(problems[0]).toContain(words);
  });
});

describe('the hash of settings', () => {
  const plain = settingsOf(text).hash;

  test('is a SHA-256', () => {
    expect(plain).toMatch(/^[0-9a-f]{64}$/);
  });

  test('does not change with formatting, comments, order, secrets or the port of a simulator', () => {
    expect(settingsOf(`# a comment\n${text.replaceAll('  ', '    ')}`).hash).toBe(plain);
    const [head = '', endpoints = '', routes = ''] = text.split(/^(?=endpoints:|routes:)/m);
    expect(settingsOf(head + routes + endpoints).hash).toBe(plain);
    expect(settingsOf(text, { env: { OPENAI_API_KEY: 'another' } }).hash).toBe(plain);
    expect(settingsOf(text.replace('sk-from-file-2', 'sk-other')).hash).toBe(plain);
    expect(settingsOf(text, { simulators: { 'sim-openai': 'http://127.0.0.1:9' } }).hash).toBe(plain);
    expect(settingsOf(text, { simulators: {} }).hash).toBe(plain);
  });

  test.each([
    ['an address', '10.0.0.7', '10.0.0.8'],
    ['a price', 'output: 0.1', 'output: 0.2'],
    ['where a key comes from', 'env:OPENAI_API_KEY', 'env:OTHER'],
    ['a time limit', 'idle: 10s', 'idle: 11s'],
    ['a limit', 'connections: 10', 'connections: 11'],
    ['the ledger', 'durability: strict', 'durability: batch'],
  ])('changes with %s', (_name, from, to) => {
    expect(text).toContain(from);
    expect(settingsOf(text.replace(from, to)).hash).not.toBe(plain);
  });
});

describe('secrets', () => {
  test('appear in nothing that is printed, sent or explained', () => {
    const parsed = parseConfig(text, 'changeover.yaml');
    if (!parsed.ok) throw new Error('Expected a configuration');
    const settings = settingsOf(text);
    const plain = {
      ...settings,
      offers: [],
      endpoints: [...settings.endpoints],
      credentials: [...settings.credentials],
    };
    const shown = [
      inspect(settings, { depth: 20 }),
      JSON.stringify(plain),
      JSON.stringify(explain(parsed.config, settings, 'file')),
      settings.warnings.map(toProblemText).join('\n'),
    ].join('\n');
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});
