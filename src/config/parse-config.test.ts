import { describe, expect, test } from 'vitest';
import { limits } from '../kernel/index.ts';
import { type ConfigProblem, parseConfig, toProblemText } from './index.ts';
import { wrongConfigs } from './wrong-configs.case.ts';

function problemsOf(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, 'changeover.yaml');
  return parsed.ok ? parsed.config.warnings : parsed.problems;
}

function toPlace({ position, path }: ConfigProblem): string {
  return position === null ? '-' : `${position.line}:${position.column} ${path}`;
}

/** The example of the guide and the design. */
const example = `
endpoints:
  openai:     { profile: openai, key: env:OPENAI_API_KEY }
  deepseek:   { profile: deepseek, key: env:DEEPSEEK_API_KEY }
  qwen-sg:    { profile: qwen, region: singapore, key: env:DASHSCOPE_API_KEY }
  house:
    profile: vllm
    url: http://10.0.0.7:8000
    models: [qwen3.5-72b]
    jurisdiction: { runs_in: SA, operator: SA }
  any-openai: { profile: openai-compatible, url: http://127.0.0.1:9001/v1, key: env:KEY, models: [m] }
routes:
  support:
    serve: gpt-5.5@openai
    fallback: [qwen3.7-plus@qwen-sg, deepseek-v4-pro@deepseek]
    bodies: { keep: 30d }
ledger:       { durability: batch }
`;

describe('parseConfig()', () => {
  test.each(wrongConfigs)('finds $name', ({ text, problems, says, remedy }) => {
    const parsed = parseConfig(text, 'changeover.yaml');
    expect(parsed.ok).toBe(false);
    const errors = problemsOf(text).filter((problem) => problem.severity === 'error');
    expect(errors.map(toPlace)).toEqual(problems);
    expect(errors[0]?.text).toContain(says);
    expect(errors[0]?.remedy).toContain(remedy);
    for (const problem of errors) {
      expect(problem.text).toMatch(/^Cannot /);
      expect(problem.remedy).not.toBe('');
    }
  });

  test('accepts the example of the guide', () => {
    const parsed = parseConfig(example, 'changeover.yaml');
    expect(parsed.ok ? [] : parsed.problems.map(toProblemText)).toEqual([]);
    if (!parsed.ok) return;
    expect([...parsed.config.endpoints.keys()]).toEqual([
      'openai',
      'deepseek',
      'qwen-sg',
      'house',
      'any-openai',
    ]);
    expect(parsed.config.routes.get('support')).toEqual({
      name: 'support',
      serve: [{ offer: 'gpt-5.5@openai', share: 1 }],
      fallback: ['qwen3.7-plus@qwen-sg', 'deepseek-v4-pro@deepseek'],
      allow: { runsIn: null, dataIn: null, operators: null },
      keepBodiesMs: 30 * 86_400_000,
      phases: {},
    });
    expect(parsed.config.warnings).toEqual([]);
  });

  test('splits offers at the last @, so that model names may hold one', () => {
    const text = `
endpoints: { a: { profile: vllm, url: 'http://h:8000', models: ['org@v1/m@x'] } }
routes: { r: { serve: 'org@v1/m@x@a' } }
`;
    expect(problemsOf(text)).toEqual([]);
  });

  test('writes a problem as one line with its place, path, text and remedy', () => {
    const [problem] = problemsOf('endpoints:\n  a: { profile: openai, kee: x }\nroutes: {}\n');
    expect(problem && toProblemText(problem)).toBe(
      'changeover.yaml:2:25 endpoints.a.kee: Cannot use key "kee": it is not known in endpoints.a. Remedy: Did you mean "key"?',
    );
  });

  test('still checks the rest of a document in which an endpoint is misspelt, without blaming what names it', () => {
    const text = `
endpoints:
  a: { profle: openai, key: env:K }
  b: { profile: openai, key: env:K }
routes:
  r: { serve: gpt-5.5@a, fallback: [gpt-9@b, gpt-5.5@c] }
`;
    expect(problemsOf(text).map(toPlace)).toEqual([
      '3:3 endpoints.a.profile',
      '3:8 endpoints.a.profle',
      '6:37 routes.r.fallback[0]',
      '6:46 routes.r.fallback[1]',
    ]);
  });

  test('warns of keys in the file, coding plans, and keys in clear text on public networks', () => {
    const text = `
endpoints:
  a: { profile: openai, key: sk-proj-abcdef }
  b: { profile: glm, key: env:K, url: 'https://api.z.ai/api/coding/paas/v4' }
  c: { profile: openai-compatible, key: env:K, url: 'http://models.example.com/v1', models: [m] }
  d: { profile: openai-compatible, key: env:K, url: 'http://10.1.2.3/v1', models: [m] }
routes: {}
listen: { host: 0.0.0.0 }
`;
    const parsed = parseConfig(text, 'changeover.yaml');
    expect(parsed.ok).toBe(true);
    expect(problemsOf(text).map((problem) => `${problem.severity} ${toPlace(problem)}`)).toEqual([
      'warning 3:30 endpoints.a.key',
      'warning 4:39 endpoints.b.url',
      'warning 5:53 endpoints.c.url',
      'warning 8:17 listen.host',
    ]);
    expect(JSON.stringify(problemsOf(text))).not.toContain('sk-proj');
  });

  test('never repeats a password of a URL', () => {
    const text = `
endpoints: { a: { profile: openai-compatible, url: 'https://user:hunter2@h.example/v1', models: [m] } }
routes: {}
`;
    expect(JSON.stringify(problemsOf(text))).not.toContain('hunter2');
  });

  test('lists the simulators that the process must start', () => {
    const text = `
endpoints:
  a: { profile: sim-glm }
  b: { profile: sim-glm }
  c: { profile: sim-openai, url: 'http://127.0.0.1:9000' }
routes: {}
`;
    const parsed = parseConfig(text, 'changeover.yaml');
    expect(parsed.ok && parsed.config.simulators).toEqual(['sim-glm']);
  });
});

describe('parseConfig() against hostile documents', () => {
  test('refuses a document beyond the limit of size', () => {
    const [problem] = problemsOf(`# ${'x'.repeat(limits.configBytes)}\n${example}`);
    expect(problem?.text).toContain(`the limit is ${limits.configBytes}`);
  });

  test('counts bytes, not characters', () => {
    const [problem] = problemsOf(`# ${'語'.repeat(limits.configBytes / 2)}\n${example}`);
    expect(problem?.text).toContain('the limit is');
  });

  test('refuses anchors that expand to billions of values', () => {
    const levels = Array.from({ length: 10 }, (_, level) => {
      const inner = level === 0 ? 'x' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(9).fill(inner).join(', ')}]`;
    });
    const [problem] = problemsOf(`${levels.join('\n')}\n`);
    expect(problem?.text).toContain('anchors expand to too many values');
  });

  test('expands a thousand aliases and not one more', () => {
    const withAliases = (count: number): string => {
      const routes = Array.from({ length: count }, (_, index) => `  r${index}: *one`);
      const head = 'endpoints: { s: { profile: sim-glm } }\nroutes:\n  r: &one { serve: value@s }\n';
      return `${head}${routes.join('\n')}\n`;
    };
    expect(problemsOf(withAliases(999))).toEqual([]);
    expect(problemsOf(withAliases(1001))[0]?.text).toContain('too many values');
  });

  test('accepts the plain use of an anchor', () => {
    const text = `
endpoints:
  a: &base { profile: openai, key: env:K }
  b: *base
routes: { r: { serve: gpt-5.5@b } }
`;
    expect(problemsOf(text)).toEqual([]);
  });

  test.each(['[', '{ a: ', '- ', 'a:\n '])('survives endless nesting with %j', (piece) => {
    const problems = problemsOf(piece.repeat(5000));
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.text).toMatch(/^Cannot /);
    expect(problems[0]?.text).not.toContain('call stack');
  });

  test('shows at most a hundred problems', () => {
    const keys = Array.from({ length: 500 }, (_, index) => `wrong${index}: 1`);
    expect(problemsOf(`${keys.join('\n')}\n`)).toHaveLength(100);
  });

  test('refuses more routes than can be checked', () => {
    const routes = Array.from({ length: 2001 }, (_, index) => `  r${index}: { serve: value@s }`);
    const text = `endpoints: { s: { profile: sim-glm } }\nroutes:\n${routes.join('\n')}\n`;
    expect(problemsOf(text).map(toPlace)).toEqual(['2:1 routes']);
    expect(problemsOf(text)[0]?.text).toContain('too many entries');
  });

  test('cuts long values in messages', () => {
    const long = 'x'.repeat(900);
    const text = `endpoints: { a: { profile: ${long} }, ${long}: 1 }\nroutes: { "a\\n${long}": 1 }\n${long}: 1\n`;
    const lines = problemsOf(text).map(toProblemText);
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line.length).toBeLessThan(500);
      expect(line).not.toContain('\n');
    }
  });
});
