import { describe, expect, test } from 'vitest';
import { type Explanation, explain, parseConfig, toSettings } from './index.ts';

function explanationOf(text: string): Explanation {
  const parsed = parseConfig(text, 'changeover.yaml');
  if (!parsed.ok) throw new Error(parsed.problems[0]?.text);
  const resolved = toSettings(parsed.config, {
    env: { KEY: 'secret' },
    readFile: () => '',
    simulators: {},
  });
  if (!resolved.ok) throw new Error(resolved.problems[0]?.text);
  return explain(parsed.config, resolved.settings, 'file');
}

const text = `
endpoints:
  qwen-sg:
    profile: qwen
    key: env:KEY
    jurisdiction: { runs_in: SG }
    timeouts: { idle: 90s }
  gpt-5.5:
    profile: sim-openai
routes:
  support:
    serve: qwen3.7-plus@qwen-sg
    bodies: { keep: 30d }
`.replace('gpt-5.5', 'sim');

describe('explain()', () => {
  const { values, text: shown } = explanationOf(text);
  const find = (path: string): string => {
    const value = values.find((entry) => entry.path === path);
    return value === undefined ? 'absent' : `${value.value} | ${value.origin} | ${value.line}`;
  };

  test.each([
    ['endpoints.qwen-sg.profile', 'qwen | file | 4'],
    ['endpoints.qwen-sg.key', 'env:KEY (set) | environment | null'],
    ['endpoints.qwen-sg.jurisdiction.runs_in', 'SG | file | 6'],
    ['endpoints.qwen-sg.jurisdiction.data_in', 'SG | profile | null'],
    ['endpoints.qwen-sg.jurisdiction.operator', 'alibaba | profile | null'],
    ['endpoints.qwen-sg.timeouts.idle', '90s | file | 7'],
    ['endpoints.qwen-sg.timeouts.connect', '10s | default | null'],
    ['endpoints.qwen-sg.models[0]', 'qwen3.7-plus | profile | null'],
    ['endpoints.qwen-sg.prices["qwen3.7-max"]', 'unknown | profile | null'],
    ['routes.support.serve', 'qwen3.7-plus@qwen-sg | file | 12'],
    ['routes.support.bodies.keep', '30d | file | 13'],
    ['ledger.durability', 'batch | default | null'],
    ['listen.port', '8787 | default | null'],
  ])('says where %s comes from', (path, expected) => {
    expect(find(path)).toBe(expected);
  });

  test('shows all of it as YAML with the origins beside the values', () => {
    expect(shown).toContain('profile: qwen # file, line 4\n');
    expect(shown).toContain('runs_in: SG # file, line 6\n');
    expect(shown).toContain('durability: batch # default\n');
  });
});
