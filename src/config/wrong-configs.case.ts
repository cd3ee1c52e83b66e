// Configurations that are wrong in one or a few ways, and where each problem must be found.

/** `problems`: line:column and path of every error, in the order of the text. */
export interface WrongConfig {
  readonly name: string;
  readonly text: string;
  readonly problems: readonly string[];
  /** A piece of the first problem's text, and of its remedy. */
  readonly says: string;
  readonly remedy: string;
}

const sims = `
endpoints:
  sim-openai: { profile: sim-openai }
  sim-glm:    { profile: sim-glm }
`.trimStart();

function lines(...parts: readonly string[]): string {
  return parts.join('\n');
}

/** A route below two simulated endpoints; its text begins in line 5. */
function withRoute(route: string): string {
  return `${sims}routes:\n${route}`;
}

/** Endpoints with a route that uses nothing of them. */
function withEndpoints(endpoints: string): string {
  return `endpoints:\n${endpoints}\nroutes: {}\n`;
}

export const wrongConfigs: readonly WrongConfig[] = [
  {
    name: 'an empty document',
    text: '',
    problems: ['-'],
    says: 'it has no value',
    remedy: 'Give it a value',
  },
  {
    name: 'a list at the top',
    text: '- a\n- b\n',
    problems: ['1:1 '],
    says: 'it is a list, not a map',
    remedy: 'Write a map',
  },
  {
    name: 'no routes',
    text: 'endpoints: {}\n',
    problems: ['1:1 routes'],
    says: 'it is missing',
    remedy: 'Add it',
  },
  {
    name: 'a bracket that is not closed',
    text: 'endpoints:\n  a: { profile: openai\nroutes: {}\n',
    problems: ['3:1 '],
    says: 'Cannot read the document',
    remedy: 'Align it',
  },
  {
    name: 'a tab as indent',
    text: 'endpoints:\n\ta: {}\nroutes: {}\n',
    problems: ['2:1 '],
    says: 'a tab is used',
    remedy: 'Indent with spaces',
  },
  {
    name: 'a key that stands twice',
    text: `${sims}  sim-glm: { profile: sim-glm }\nroutes: {}\n`,
    problems: ['4:3 '],
    says: 'stands twice',
    remedy: 'Remove one',
  },
  {
    name: 'two documents in one file',
    text: 'endpoints: {}\nroutes: {}\n---\nendpoints: {}\n',
    problems: ['3:1 '],
    says: 'holds more than one',
    remedy: 'Remove the line',
  },
  {
    name: 'a tag',
    text: 'endpoints: !!python/object {}\nroutes: {}\n',
    problems: ['1:12 '],
    says: 'uses a tag',
    remedy: 'plain value',
  },
  {
    name: 'a key named __proto__',
    text: 'endpoints:\n  a: { __proto__: { profile: openai } }\nroutes: {}\n',
    problems: ['2:8 __proto__'],
    says: 'a meaning of its own',
    remedy: 'Rename it',
  },
  {
    name: 'misspelt keys at three depths',
    text: withEndpoints('  a: { profile: sim-glm, modles: [x] }').replace('routes', 'rotes'),
    problems: ['1:1 routes', '2:26 endpoints.a.modles', '3:1 rotes'],
    says: 'it is missing',
    remedy: 'Add it',
  },
  {
    name: 'a misspelt key in a share',
    text: withRoute('  a:\n    serve: [{ offer: frontier@sim-openai, shares: 1 }]\n'),
    problems: ['6:13 routes.a.serve[0].share', '6:43 routes.a.serve[0].shares'],
    says: 'it is missing',
    remedy: 'Add it as a number',
  },
  {
    name: 'an unknown profile',
    text: withEndpoints('  a: { profile: deepsek }'),
    problems: ['2:17 endpoints.a.profile'],
    says: '"deepsek" is not known here',
    remedy: 'Did you mean "deepseek"?',
  },
  {
    name: 'the name of an endpoint with a capital',
    text: withEndpoints('  OpenAI: { profile: openai, key: env:K }'),
    problems: ['2:3 endpoints.OpenAI'],
    says: 'other characters',
    remedy: 'Rename it',
  },
  {
    name: 'the name of a route with an @',
    text: withRoute('  a@b: { serve: frontier@sim-openai }\n'),
    problems: ['5:3 routes["a@b"]'],
    says: 'other characters',
    remedy: 'Rename it',
  },
  {
    name: 'a vendor without a key, an engine without URL and models',
    text: withEndpoints('  ds: { profile: deepseek }\n  house: { profile: vllm }'),
    problems: ['2:3 endpoints.ds', '3:3 endpoints.house', '3:3 endpoints.house'],
    says: 'needs a key',
    remedy: 'key: env:DEEPSEEK_API_KEY',
  },
  {
    name: 'a region that the vendor does not have',
    text: withEndpoints(
      lines(
        '  q: { profile: qwen, key: env:K, region: singapor }',
        '  o: { profile: openai, key: env:K, region: eu }',
      ),
    ),
    problems: ['2:43 endpoints.q.region', '3:45 endpoints.o.region'],
    says: 'does not have it',
    remedy: 'Did you mean "singapore"?',
  },
  {
    name: 'URLs with credentials, a fragment, a query, another scheme, a brace',
    text: withEndpoints(
      [
        ['a', 'https://u:p@h.example/v1'],
        ['b', 'https://h.example/v1#x'],
        ['c', 'https://h.example/v1?key=1'],
        ['d', 'file:///etc/passwd'],
        ['e', 'https://h.example/{model}'],
        ['f', 'h.example:8000'],
        ['g', '//h.example'],
      ]
        .map(([name, url]) => `  ${name}: { profile: openai-compatible, models: [m], url: '${url}' }`)
        .join('\n'),
    ),
    problems: [2, 3, 4, 5, 6, 7, 8].map((line) => `${line}:54 endpoints.${'abcdefg'[line - 2] ?? ''}.url`),
    says: 'it holds credentials',
    remedy: 'keys go to "key"',
  },
  {
    name: 'keys that no header can carry, and references without a name',
    text: withEndpoints(
      lines(
        '  a: { profile: openai, key: "sk two words" }',
        '  b: { profile: openai, key: "env:$KEY" }',
        '  c: { profile: openai, key: "store:" }',
      ),
    ),
    problems: ['2:30 endpoints.a.key', '3:30 endpoints.b.key', '4:30 endpoints.c.key'],
    says: 'cannot be sent in a header',
    remedy: 'env:NAME',
  },
  {
    name: 'a number where a key belongs, which is not repeated',
    text: withEndpoints('  a: { profile: openai, key: 123456 }'),
    problems: ['2:30 endpoints.a.key'],
    says: '"[secret]"',
    remedy: '"[secret]"',
  },
  {
    name: 'models twice, a price for none of them, prices that are not decimals',
    text: withEndpoints(
      lines(
        '  a: { profile: sim-glm, models: [m, n, m], prices: { mm: { input: 1, output: 2 } } }',
        '  b: { profile: sim-glm, prices: { value: { input: -1, output: 1e3 } } }',
        '  c: { profile: sim-glm, prices: { value: { input: 0.0000000001, output: 1 } } }',
      ),
    ),
    problems: [
      '2:41 endpoints.a.models[2]',
      '2:55 endpoints.a.prices.mm',
      '3:52 endpoints.b.prices.value.input',
      '4:52 endpoints.c.prices.value.input',
    ],
    says: 'Cannot list model "m" twice',
    remedy: 'Remove one',
  },
  {
    name: 'jurisdictions that are no countries',
    text: withEndpoints(
      lines(
        '  a: { profile: sim-glm, jurisdiction: { runs_in: EU, data_in: sg, operator: "My Firm" } }',
        '  b: { profile: sim-glm, jurisdiction: { runs_in: UK, operator: US, operator_country: DE } }',
      ),
    ),
    problems: [
      '2:64 endpoints.a.jurisdiction.data_in',
      '3:51 endpoints.b.jurisdiction.runs_in',
      '3:87 endpoints.b.jurisdiction.operator_country',
    ],
    says: 'not a country code',
    remedy: 'upper case',
  },
  {
    name: 'dialects without a place, and doors at two origins',
    text: withEndpoints(
      lines(
        '  a: { profile: openai, key: env:K, dialects: [anthropic-messages] }',
        '  b: { profile: openai, key: env:K, dialects: ' +
          '{ openai-chat: https://a.example/c, anthropic-messages: https://b.example/m } }',
        '  c: { profile: openai, key: env:K, dialects: {} }',
        '  d: { profile: openai, key: env:K, dialects: [gemini] }',
      ),
    ),
    problems: [
      '2:48 endpoints.a.dialects[0]',
      '3:37 endpoints.b.dialects',
      '4:37 endpoints.c.dialects',
      '5:48 endpoints.d.dialects[0]',
    ],
    says: 'does not know where',
    remedy: 'full URL',
  },
  {
    name: 'half a client certificate and an api_version that means nothing',
    text: withEndpoints(
      '  a: { profile: sim-glm, tls: { cert: c.pem } }\n  b: { profile: sim-glm, api_version: v1 }',
    ),
    problems: ['2:26 endpoints.a.tls', '3:26 endpoints.b.api_version'],
    says: 'belong together',
    remedy: 'Add "key"',
  },
  {
    name: 'offers without endpoint, of an unknown endpoint, of an unknown model',
    text: withRoute(
      lines(
        '  a: { serve: frontier }',
        '  b: { serve: frontier@sim-opena, fallback: [frontir@sim-openai] }',
        '  "c.d":',
        '    serve: value@sim-glm',
        '    fallback:',
        '      - frontier@other',
        '',
      ),
    ),
    problems: [
      '5:15 routes.a.serve',
      '6:15 routes.b.serve',
      '6:46 routes.b.fallback[0]',
      '10:9 routes["c.d"].fallback[0]',
    ],
    says: 'model@endpoint',
    remedy: 'last @',
  },
  {
    name: 'shares of nothing, negative ones, an empty list, an offer twice',
    text: withRoute(
      lines(
        '  a: { serve: [{ offer: value@sim-glm, share: 0 }] }',
        '  b: { serve: [{ offer: value@sim-glm, share: -1 }] }',
        '  c: { serve: [] }',
        '  d: { serve: [{ offer: value@sim-glm, share: 1 }, { offer: value@sim-glm, share: 2 }] }',
        '  e: { serve: value@sim-glm, fallback: [frontier@sim-openai, frontier@sim-openai] }',
        '  f: { serve: [{ offer: value@sim-glm, share: .inf }] }',
        '',
      ),
    ),
    problems: [
      '5:47 routes.a.serve[0].share',
      '6:47 routes.b.serve[0].share',
      '7:8 routes.c.serve',
      '8:61 routes.d.serve[1].offer',
      '9:62 routes.e.fallback[1]',
      '10:47 routes.f.serve[0].share',
    ],
    says: '"0" is too small',
    remedy: 'more than 0',
  },
  {
    name: "offers that the route's own allow list excludes",
    text: lines(
      'endpoints:',
      '  cn: { profile: deepseek, key: env:K }',
      '  us: { profile: openai, key: env:K }',
      'routes:',
      '  a: { serve: deepseek-v4-pro@cn, fallback: [gpt-5.5@us], allow: { runs_in: [US] } }',
      '  b: { serve: gpt-5.5@us, allow: { operators: [openai] }, fallback: [deepseek-flash@cn] }',
      '',
    ),
    problems: ['5:15 routes.a.serve', '5:46 routes.a.fallback[0]', '6:70 routes.b.fallback[0]'],
    says: 'inference runs in "CN", allowed is US',
    remedy: 'endpoints.cn.jurisdiction',
  },
  {
    name: 'allow lists with what is no country or operator',
    text: withRoute(
      lines(
        '  a: { serve: value@sim-glm, allow: { runs_in: [EU], data_in: [Sg], operators: [ALIBABA, unknown, XX] } }',
        '',
      ),
    ).replace('data_in: [Sg], ', ''),
    problems: [
      '5:15 routes.a.serve',
      '5:49 routes.a.allow.runs_in[0]',
      '5:66 routes.a.allow.operators[0]',
      '5:75 routes.a.allow.operators[1]',
      '5:84 routes.a.allow.operators[2]',
    ],
    says: 'excludes it',
    remedy: 'widen "allow"',
  },
  {
    name: 'durations and sizes without sense',
    text: lines(
      withRoute(
        '  a: { serve: value@sim-glm, bodies: { keep: 30 }, timeouts: { idle: 0s, total: "5 min" } }',
      ),
      'limits: { body_bytes: 10MB, body_bytes_in_flight: 1MB, connections: 1.5 }',
      'ledger: { retention: 1y }',
      '',
    ),
    problems: [
      '5:46 routes.a.bodies.keep',
      '5:70 routes.a.timeouts.idle',
      '5:81 routes.a.timeouts.total',
      '6:69 limits.connections',
      '7:22 ledger.retention',
    ],
    says: 'not a duration',
    remedy: '30d',
  },
  {
    name: 'one body that is larger than all together',
    text: lines(
      withRoute('  a: { serve: value@sim-glm }'),
      'limits: { body_bytes: 10MB, body_bytes_in_flight: 1MB }',
      '',
    ),
    problems: ['6:23 limits.body_bytes'],
    says: 'all together',
    remedy: 'body_bytes_in_flight',
  },
  {
    name: 'values of the wrong kind',
    text: 'endpoints:\n  a: deepseek\n  b:\nroutes: [x]\nlisten: { port: "80", host: [a] }\nledger: strict\n',
    problems: [
      '2:6 endpoints.a',
      '3:3 endpoints.b',
      '4:1 routes',
      '5:17 listen.port',
      '5:23 listen.host',
      '6:9 ledger',
    ],
    says: 'it is the text "deepseek", not a map',
    remedy: 'Write a map',
  },
  {
    name: 'an endpoint behind an alias, found where it is written',
    text: 'endpoints:\n  a: &base { profile: openai, key: env:K, region: mars }\n  b: *base\nroutes: {}\n',
    problems: ['2:51 endpoints.a.region', '2:51 endpoints.b.region'],
    says: 'does not have it',
    remedy: 'Use one of: global',
  },
];
