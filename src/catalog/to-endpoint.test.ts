import { describe, expect, test } from 'vitest';
import { type EndpointSettings, profiles, toBaseUrl, toEndpoint, toOrigin } from './index.ts';
import type { ProfileEntry } from './profile-entry.ts';

function entryOf(name: string): ProfileEntry {
  const entry = profiles.get(name);
  if (entry === undefined) throw new Error(`No profile "${name}"`);
  return entry;
}

const plain: EndpointSettings = {
  name: 'e',
  region: null,
  url: null,
  urlIsOwn: false,
  apiVersion: null,
  hasKey: true,
  doors: null,
  jurisdiction: {},
  tls: null,
  phases: {},
};

function doorUrls(profile: string, settings: Partial<EndpointSettings> = {}): string[] {
  return toEndpoint(entryOf(profile), { ...plain, ...settings }).doors.map((door) => door.url);
}

describe('toEndpoint()', () => {
  test.each([
    ['openai', {}, ['https://api.openai.com/v1/chat/completions']],
    ['anthropic', {}, ['https://api.anthropic.com/v1/messages']],
    [
      'deepseek',
      {},
      ['https://api.deepseek.com/v1/chat/completions', 'https://api.deepseek.com/anthropic/v1/messages'],
    ],
    [
      'qwen',
      { region: 'beijing' },
      [
        'https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions',
        'https://dashscope.aliyuncs.com/apps/anthropic/v1/messages',
      ],
    ],
    [
      'glm',
      { region: 'cn' },
      [
        'https://open.bigmodel.cn/api/paas/v4/chat/completions',
        'https://open.bigmodel.cn/api/anthropic/v1/messages',
      ],
    ],
    [
      'kimi',
      {},
      ['https://api.moonshot.ai/v1/chat/completions', 'https://api.moonshot.ai/anthropic/v1/messages'],
    ],
    [
      'minimax',
      { region: 'cn' },
      ['https://api.minimaxi.com/v1/chat/completions', 'https://api.minimaxi.com/anthropic/v1/messages'],
    ],
    [
      'azure-openai',
      { url: 'https://res.openai.azure.com/openai/v1' },
      ['https://res.openai.azure.com/openai/v1/chat/completions'],
    ],
    [
      'azure-openai',
      { url: 'https://res.openai.azure.com', apiVersion: '2024-10-21' },
      ['https://res.openai.azure.com/openai/deployments/{model}/chat/completions?api-version=2024-10-21'],
    ],
    [
      'vllm',
      { url: 'http://10.0.0.7:8000' },
      ['http://10.0.0.7:8000/v1/chat/completions', 'http://10.0.0.7:8000/v1/messages'],
    ],
    ['openai-compatible', { url: 'http://127.0.0.1:9001/v1' }, ['http://127.0.0.1:9001/v1/chat/completions']],
    ['anthropic-compatible', { url: 'https://h.test/anthropic' }, ['https://h.test/anthropic/v1/messages']],
    ['sim-anthropic', { url: 'http://127.0.0.1:4000' }, ['http://127.0.0.1:4000/v1/messages']],
  ] as const)('builds the doors of %s with %o', (profile, settings, urls) => {
    expect(doorUrls(profile, settings)).toEqual(urls);
  });

  test('sends the key as the host wants it, and none when there is none', () => {
    const azure = toEndpoint(entryOf('azure-openai'), { ...plain, url: 'https://r.openai.azure.com' });
    expect(azure.doors[0]?.auth).toBe('api-key');
    expect(toEndpoint(entryOf('anthropic'), plain).doors[0]?.auth).toBe('x-api-key');
    const house = toEndpoint(entryOf('vllm'), { ...plain, url: 'http://h:8000', hasKey: false });
    expect(house.doors.map((door) => door.auth)).toEqual(['none', 'none']);
  });

  test('forces a dialect that the vendor does not serve, at a simulator only', () => {
    const doors = [{ dialect: 'openai-chat', url: null }] as const;
    expect(doorUrls('sim-anthropic', { url: 'http://127.0.0.1:4000', doors })).toEqual([
      'http://127.0.0.1:4000/v1/chat/completions',
    ]);
    expect(() => doorUrls('anthropic', { doors })).toThrow('no path for "openai-chat"');
  });

  test('lets what the admin says of the place rule over the profile', () => {
    const { jurisdiction } = toEndpoint(entryOf('qwen'), { ...plain, jurisdiction: { runsIn: 'SG' } });
    expect(jurisdiction).toEqual({ runsIn: 'SG', dataIn: 'SG', operator: 'alibaba', operatorCountry: 'CN' });
  });

  test('throws without a URL that nobody knows', () => {
    expect(() => doorUrls('vllm')).toThrow('needs a URL');
  });
});

describe('toBaseUrl()', () => {
  test.each([
    ['vllm', 'http://h:8000/v1/', 'http://h:8000'],
    ['vllm', 'http://v1', 'http://v1'],
    ['vllm', 'http://h/proxy/v1', 'http://h/proxy'],
    ['vllm', 'http://h/v1/chat/completions', 'http://h'],
    ['glm', 'https://api.z.ai/api/paas/v4', 'https://api.z.ai'],
    ['glm', 'https://api.z.ai/api/anthropic', 'https://api.z.ai'],
    ['glm', 'https://proxy.test/api', 'https://proxy.test/api'],
    ['deepseek', 'https://api.deepseek.com/v1', 'https://api.deepseek.com'],
    ['openai-compatible', 'http://h/v1', 'http://h/v1'],
    ['openai-compatible', 'http://h/chat', 'http://h/chat'],
    ['openai-compatible', 'http://h/v1/chat/completions', 'http://h/v1'],
    ['azure-openai', 'https://r.openai.azure.com/openai/', 'https://r.openai.azure.com'],
  ])('of %s takes %s for %s', (profile, url, base) => {
    expect(toBaseUrl(url, entryOf(profile))).toBe(base);
  });
});

describe('profiles', () => {
  test('serve all their dialects from one origin, so that one credential fits', () => {
    for (const entry of profiles.values()) {
      for (const region of [null, ...Object.keys(entry.regions)]) {
        const url = Object.keys(entry.regions).length === 0 ? 'http://h.test' : null;
        const { doors } = toEndpoint(entry, { ...plain, region, url });
        expect(new Set(doors.map((door) => toOrigin(door.url))).size).toBe(1);
        expect(doors.length).toBeGreaterThan(0);
      }
    }
  });

  test('find nothing for an error code that is a name of Object.prototype', () => {
    for (const { profile } of profiles.values()) expect(profile.errorCodes['constructor']).toBeUndefined();
  });

  test('ask for arrears, content and rate limits of GLM by its inner codes', () => {
    const { errorCodes } = entryOf('glm').profile;
    expect(['1302', '1113', '1301', '1211', '1313'].map((code) => errorCodes[code])).toEqual([
      'rate',
      'balance',
      'content',
      'model-missing',
      'balance',
    ]);
  });
});
