import { describe, expect, test } from 'vitest';
import { parseSimArguments, runSim, type SimSettings } from './command.ts';
import { parseFault } from './parse-fault.ts';
import { realClock } from './sim.case.ts';
import { simVendors } from './types.ts';

function parse(line: string): SimSettings | string {
  const parsed = parseSimArguments(line.split(' ').filter((word) => word !== ''));
  return parsed.ok ? parsed.settings : parsed.message;
}

describe('parseSimArguments()', () => {
  test('starts every vendor by default', () => {
    expect(parse('')).toMatchObject({ vendors: simVendors, port: 0, seed: 1, faults: [], json: false });
  });

  test('reads all options, with "=" or a blank', () => {
    const line =
      '--vendor qwen --vendor=glm --port=9100 --seed 4 --speed 300:40 --fault 429;every=5 --fault=stall ' +
      '--recorded x.jsonl --dialects openai-chat,anthropic-messages --models a,b --key k --header-faults --json';
    expect(parse(line)).toEqual({
      vendors: ['qwen', 'glm'],
      host: '127.0.0.1',
      port: 9100,
      seed: 4,
      speed: { firstTokenMs: 300, tokensPerSecond: 40 },
      faults: [{ fault: '429', every: 5 }, { fault: 'stall' }],
      recorded: 'x.jsonl',
      dialects: ['openai-chat', 'anthropic-messages'],
      models: ['a', 'b'],
      apiKey: 'k',
      allowHeaderFaults: true,
      json: true,
    });
  });

  test.each([
    ['--vendor kimi', 'choose from all, openai'],
    ['--port 70000', 'up to 65535'],
    ['--port 65534 --vendor all', 'no port is left'],
    ['--speed fast', 'write FIRST_TOKEN_MS'],
    ['--fault boom', 'there is none of that name'],
    ['--dialects soap', 'choose from openai-chat'],
    ['--seed', 'it needs a value'],
    ['--colour', 'see "changeover sim --help"'],
    ['--json=yes', 'Cannot use "--json=yes"'],
  ])('refuses "%s"', (line, reason) => {
    expect(parse(line)).toContain(reason);
  });
});

test('parseFault() reads a rule, and says what it cannot read', () => {
  expect(parseFault('stall; stream=true; share=0.5; model=value; delayMs=20')).toEqual({
    fault: 'stall',
    stream: true,
    share: 0.5,
    model: 'value',
    delayMs: 20,
  });
  expect(parseFault('stall;share=2')).toContain('Cannot use setting "share=2"');
  expect(parseFault('stall;__proto__=1')).toContain('Cannot use setting');
});

describe('runSim()', () => {
  test('prints where the endpoints are, for people and as JSON', async () => {
    const parsed = parseSimArguments(['--vendor', 'deepseek', '--vendor', 'openai']);
    if (!parsed.ok) throw new Error(parsed.message);
    for (const json of [false, true]) {
      let output = '';
      const running = await runSim(
        { ...parsed.settings, json },
        { clock: realClock, write: (text) => (output += text) },
      );
      for (const { url, doorUrls } of running.sims) {
        expect(output).toContain(url);
        expect(output).toContain(doorUrls['openai-chat']);
      }
      if (json) expect(JSON.parse(output)).toHaveLength(2);
      else expect(output).toContain('simulated');
      await running.close();
      await expect(fetch(running.sims[0]!.modelsUrl)).rejects.toThrow('fetch failed');
    }
  });

  test('closes what had started when a later one cannot start', async () => {
    const parsed = parseSimArguments(['--vendor', 'openai', '--dialects', 'gemini']);
    if (!parsed.ok) throw new Error(parsed.message);
    await expect(runSim(parsed.settings, { clock: realClock, write: () => undefined })).rejects.toThrow(
      'Cannot simulate',
    );
  });
});
