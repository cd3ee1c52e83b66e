import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../../../test/api/start-test-api.ts';

/** The page's scripts are plain JavaScript for browsers; these two have no need of one. */
interface Texts {
  readonly languages: readonly (readonly [string, string, string])[];
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  pickLanguage(wished: readonly string[]): string;
}
interface Call {
  readonly baseUrl: string;
  readonly key: string;
  readonly route: string;
  readonly question: string;
}
interface Samples {
  readonly samples: readonly (readonly [string, (call: Call) => string])[];
}

async function load<Module>(name: string): Promise<Module> {
  return (await import(new URL(`./${name}.js`, import.meta.url).href)) as Module;
}

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

describe('files', () => {
  test('every script and style that the page names is served, with its type', async () => {
    const html = await (await fetch(`${api.url}/`)).text();
    const seen = new Set<string>();
    const queue = [...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(([, path = '']) => path);
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const response = await fetch(api.url + path);
      expect([path, response.status]).toEqual([path, 200]);
      const type = path.endsWith('.css') ? 'text/css' : 'text/javascript';
      expect(response.headers.get('content-type')).toContain(type);
      const text = await response.text();
      queue.push(...[...text.matchAll(/from '\.\/([\w-]+\.js)'/g)].map(([, name = '']) => `/page/${name}`));
    }
    expect(seen.size).toBe(8);
  });

  test('a browser that has the page already gets 304', async () => {
    const first = await fetch(`${api.url}/`);
    const etag = first.headers.get('etag') ?? '';
    const second = await fetch(`${api.url}/`, { headers: { 'if-none-match': etag } });
    expect([second.status, await second.text()]).toEqual([304, '']);
    expect((await fetch(`${api.url}/`, { headers: { 'if-none-match': '"old"' } })).status).toBe(200);
  });

  test('HEAD has no body, and other methods are refused', async () => {
    const head = await fetch(`${api.url}/`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await fetch(`${api.url}/`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('no script writes markup, and the policy would not let it', async () => {
    const { headers } = await fetch(`${api.url}/`);
    expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
    for (const name of ['first-call', 'page', 'samples', 'session', 'texts', 'view']) {
      const text = await (await fetch(`${api.url}/page/${name}.js`)).text();
      expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
    }
  });
});

describe('texts', () => {
  test('every language has the same texts with the same places', async () => {
    const { languages, texts } = await load<Texts>('texts');
    const { en = {} } = texts;
    const placesOf = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();
    for (const [code] of languages) {
      const catalogue = texts[code] ?? {};
      expect(Object.keys(catalogue), code).toEqual(Object.keys(en));
      for (const [name, text] of Object.entries(catalogue)) {
        expect([code, name, placesOf(text)]).toEqual([code, name, placesOf(en[name] ?? '')]);
      }
    }
  });

  test('every text that the page asks for exists', async () => {
    const { texts } = await load<Texts>('texts');
    let asked = '';
    for (const path of ['/', '/page/page.js', '/page/view.js', '/page/first-call.js']) {
      asked += await (await fetch(api.url + path)).text();
    }
    const names = [...asked.matchAll(/data-text="(\w+)"|\bsay\('(\w+)'/g)].map(
      ([, one, other]) => one ?? other ?? '',
    );
    expect(names.length).toBeGreaterThan(30);
    for (const name of names) expect(Object.keys(texts['en'] ?? {})).toContain(name);
  });

  test.each([
    [['zh-TW', 'en'], 'zh-Hant'],
    [['zh-Hant-HK'], 'zh-Hant'],
    [['zh-CN'], 'zh-Hans'],
    [['zh'], 'zh-Hans'],
    [['pt-BR'], 'pt'],
    [['ar-EG'], 'ar'],
    [['es-CL'], 'es'],
    [['fr', 'es'], 'es'],
    [['xx'], 'en'],
    [[], 'en'],
  ])('pickLanguage(%j) is %s', async (wished, language) => {
    const { pickLanguage } = await load<Texts>('texts');
    expect(pickLanguage(wished)).toBe(language);
  });
});

test('samples keep a hostile route name a text in every language', async () => {
  const { samples } = await load<Samples>('samples');
  const route = `x'; rm -rf ~ #"\\\n$(id)`;
  const call = { baseUrl: 'http://127.0.0.1:8787', key: 'chg_1', route, question: "it's" };
  for (const [name, toCode] of samples) {
    const code = toCode(call);
    if (name === 'curl') {
      const quoted = [...code.matchAll(/'((?:[^']|'\\'')*)'/g)].map(([, text = '']) =>
        text.replaceAll(`'\\''`, "'"),
      );
      const body = JSON.parse(quoted.at(-1) ?? '') as { model: string };
      expect(body.model).toBe(route);
      // Outside quotes nothing is left but the command and its options.
      expect(code.replaceAll(/'(?:[^']|'\\'')*'/g, 'Q').replaceAll(/\s+/g, ' ')).toBe(
        'curl Q \\ -H Q \\ -H Q \\ -d Q',
      );
    } else {
      expect(code).toContain(JSON.stringify(route));
    }
  }
});
