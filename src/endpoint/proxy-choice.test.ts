import { expect, test } from 'vitest';

import { chooseProxy, readProxySettings } from './proxy-choice.ts';

const settings = readProxySettings({
  HTTPS_PROXY: 'http://proxy.corp:3128',
  no_proxy: 'internal.corp, .example.org,10.0.0.1:8080,[::2]',
});

test.each([
  ['https://api.openai.com/v1', 'http://proxy.corp:3128/'],
  ['https://internal.corp/v1', null],
  ['https://a.internal.corp/v1', null],
  ['https://notinternal.corp/v1', 'http://proxy.corp:3128/'],
  ['https://x.example.org/', null],
  ['http://api.example.com/', null],
  ['https://localhost:9/', null],
  ['https://127.0.0.1/', null],
])('chooseProxy() sends %s through %s', (url, proxy) => {
  expect(chooseProxy(new URL(url), settings)?.href ?? null).toBe(proxy);
});

test('chooseProxy() matches ports, bare hosts and the star', () => {
  const all = readProxySettings({ ALL_PROXY: 'proxy:1' });
  expect(chooseProxy(new URL('http://10.0.0.1:8080/'), { ...all, bypass: '10.0.0.1:8080' })).toBeNull();
  expect(chooseProxy(new URL('http://10.0.0.1:8081/'), { ...all, bypass: '10.0.0.1:8080' })?.host).toBe(
    'proxy:1',
  );
  expect(chooseProxy(new URL('https://a.b/'), { ...all, bypass: '*' })).toBeNull();
});
