import { describe, expect, test } from 'vitest';
import {
  type Discovery,
  type DiscoveryPorts,
  discover,
  parseConfig,
  toProblemText,
  toSettings,
} from './index.ts';

type Answers = Readonly<Record<string, string>>;

function portsOf(
  env: DiscoveryPorts['env'],
  answers: Answers = {},
  isOn = true,
): DiscoveryPorts & { asked: string[] } {
  const asked: string[] = [];
  return {
    env,
    isOn,
    asked,
    probe: (url) => {
      asked.push(url);
      const body = answers[new URL(url).port];
      return Promise.resolve(body === undefined ? null : { status: 200, body });
    },
  };
}

function listOf(owner: string, ...ids: readonly string[]): string {
  return JSON.stringify({
    object: 'list',
    data: ids.map((id) => ({ id, object: 'model', owned_by: owner })),
  });
}

/** What is discovered must be a valid configuration without warnings. */
function assertValid(discovery: Discovery, env: DiscoveryPorts['env']): void {
  const parsed = parseConfig(discovery.text, 'discovered');
  expect(parsed.ok ? [] : parsed.problems.map(toProblemText)).toEqual([]);
  if (!parsed.ok) return;
  const settled = toSettings(parsed.config, { env, readFile: () => '', simulators: {} });
  expect(settled.ok && settled.settings.warnings.map(toProblemText)).toEqual([]);
}

describe('discover()', () => {
  test('offers the simulators and the route demo when there is nothing', async () => {
    const ports = portsOf({});
    const discovery = await discover(ports);
    assertValid(discovery, {});
    expect(Object.keys(discovery.document.endpoints)).toEqual([
      'sim-openai',
      'sim-anthropic',
      'sim-deepseek',
      'sim-qwen',
      'sim-glm',
    ]);
    expect(discovery.document.routes).toEqual({
      demo: { serve: 'frontier@sim-openai', fallback: ['value@sim-deepseek'] },
    });
    expect(discovery.text).toContain('profile: sim-openai # simulated');
  });

  test('asks loopback only, at the known ports', async () => {
    const ports = portsOf({ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' });
    await discover(ports);
    expect(ports.asked.toSorted()).toEqual(
      [11434, 1234, 30000, 8000, 8080, 9931].map((port) => `http://127.0.0.1:${port}/v1/models`),
    );
  });

  test('makes an endpoint per key and a route per known model, and never shows the key', async () => {
    const env = {
      OPENAI_API_KEY: 'sk-1',
      DEEPSEEK_API_KEY: 'sk-2',
      ZAI_API_KEY: 'sk-3',
      ZHIPU_API_KEY: 'sk-4',
    };
    const discovery = await discover(portsOf(env));
    assertValid(discovery, env);
    expect(discovery.document.endpoints).toMatchObject({
      openai: { profile: 'openai', key: 'env:OPENAI_API_KEY' },
      deepseek: { profile: 'deepseek', key: 'env:DEEPSEEK_API_KEY' },
      glm: { profile: 'glm', region: 'intl', key: 'env:ZAI_API_KEY' },
      'glm-cn': { profile: 'glm', region: 'cn', key: 'env:ZHIPU_API_KEY' },
    });
    expect(discovery.document.routes).toMatchObject({
      'gpt-4o': { serve: 'gpt-4o@openai' },
      'deepseek-v4-pro': { serve: 'deepseek-v4-pro@deepseek' },
      'glm-5.3': { serve: 'glm-5.3@glm' },
      demo: { serve: 'frontier@sim-openai' },
    });
    expect(JSON.stringify(discovery)).not.toMatch(/sk-\d/);
  });

  test('says which keys it found and does not use', async () => {
    const { found, document } = await discover(
      portsOf({ GEMINI_API_KEY: 'k', ARK_API_KEY: 'k', OPENROUTER_API_KEY: 'k' }),
    );
    expect(found.filter(({ kind }) => kind === 'unsupported').map(({ text }) => text.split(':')[0])).toEqual([
      'GEMINI_API_KEY is set, but not used',
      'ARK_API_KEY is set, but not used',
      'OPENROUTER_API_KEY is set, but not used',
    ]);
    expect(Object.keys(document.endpoints)).toHaveLength(5);
  });

  test('ignores variables that are empty', async () => {
    const { document } = await discover(portsOf({ OPENAI_API_KEY: '  ', ANTHROPIC_API_KEY: '' }));
    expect(Object.keys(document.endpoints)).toHaveLength(5);
  });

  test('takes servers by what they say they are', async () => {
    const discovery = await discover(
      portsOf(
        {},
        {
          '8080': listOf('llamacpp', 'tiny.gguf'),
          '8000': listOf('vllm', 'Qwen/Qwen3-8B', 'Qwen/Qwen3-8B'),
          '11434': listOf('library', 'llama3.2:3b'),
          '30000': listOf('somebody', 'other'),
          '9931': listOf('llamacpp', 'tiny.gguf', 'second'),
        },
      ),
    );
    assertValid(discovery, {});
    expect(discovery.document.endpoints).toMatchObject({
      vllm: { profile: 'vllm', url: 'http://127.0.0.1:8000', models: ['Qwen/Qwen3-8B'] },
      ollama: { profile: 'ollama', url: 'http://127.0.0.1:11434', models: ['llama3.2:3b'] },
      'openai-compatible': { url: 'http://127.0.0.1:30000/v1', models: ['other'] },
      'llama-server': { url: 'http://127.0.0.1:8080', models: ['tiny.gguf'] },
      'llama-server-9931': { url: 'http://127.0.0.1:9931', models: ['tiny.gguf', 'second'] },
    });
    expect(discovery.document.routes).toMatchObject({
      'tiny.gguf': { serve: 'tiny.gguf@llama-server' },
      second: { serve: 'second@llama-server-9931' },
      'llama3.2:3b': { serve: 'llama3.2:3b@ollama' },
    });
  });

  test.each([
    ['a web page', '<!doctype html>'],
    ['other JSON', '{"data":{"id":"x"}}'],
    ['null', 'null'],
    ['entries that are no models', '{"data":[null,1,{"id":7},{"id":"two words"},{"id":"a\\u0000b"}]}'],
    ['another gateway of this kind', listOf('changeover', 'demo')],
  ])('is not misled by %s on a known port', async (_name, body) => {
    const discovery = await discover(portsOf({}, { '8000': body, '8080': body }));
    assertValid(discovery, {});
    expect(Object.keys(discovery.document.endpoints)).toHaveLength(5);
  });

  test('takes at most fifty models from one server', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => `model-${index}`);
    const discovery = await discover(portsOf({}, { '8080': listOf('llamacpp', ...ids) }));
    expect(discovery.document.endpoints['llama-server']?.models).toHaveLength(50);
    assertValid(discovery, {});
  });

  test('looks at nothing when it is off', async () => {
    const ports = portsOf({ OPENAI_API_KEY: 'k' }, { '8080': listOf('llamacpp', 'm') }, false);
    const { document } = await discover(ports);
    expect(ports.asked).toEqual([]);
    expect(Object.keys(document.endpoints)).toHaveLength(5);
  });
});
