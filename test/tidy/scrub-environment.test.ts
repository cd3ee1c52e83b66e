import { expect, test } from 'vitest';
import { scrubEnvironment } from '../../tools/scrub-environment.ts';

test('scrubEnvironment() leaves nothing that reaches a vendor or changes what is tested', () => {
  const secret = {
    OPENAI_API_KEY: 'x',
    ANTHROPIC_AUTH_TOKEN: 'x',
    ANTHROPIC_BASE_URL: 'x',
    DASHSCOPE_API_KEY: 'x',
    ARK_API_KEY: 'x',
    MY_OWN_API_KEY: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_PROFILE: 'x',
    AZURE_CLIENT_SECRET: 'x',
    GOOGLE_APPLICATION_CREDENTIALS: 'x',
    HTTPS_PROXY: 'x',
    http_proxy: 'x',
    ALL_PROXY: 'x',
    NO_PROXY: 'x',
    CHANGEOVER_PORT: 'x',
    CHANGEOVER_ADMIN_KEY: 'x',
    CHANGEOVER_NODE: 'x',
    NODE_OPTIONS: 'x',
    NODE_EXTRA_CA_CERTS: 'x',
    NODE_TLS_REJECT_UNAUTHORIZED: '0',
    HF_TOKEN: 'x',
    OLLAMA_HOST: 'x',
  };
  const clean = scrubEnvironment({ ...secret, PATH: '/bin', HOME: '/h', LANG: 'C' });
  expect(Object.keys(clean).filter((name) => name in secret)).toEqual([]);
  expect(clean).toMatchObject({ PATH: '/bin', HOME: '/h', LANG: 'C' });
});

test('scrubEnvironment() keeps npm able to reach its registry', () => {
  const clean = scrubEnvironment({ HTTPS_PROXY: 'http://proxy', NPM_TOKEN: 't', npm_config_registry: 'r' });
  expect(clean).toEqual({ NPM_TOKEN: 't', npm_config_registry: 'r', npm_config_https_proxy: 'http://proxy' });
});
