import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendFailure, safeHeaders } from '../answer.ts';

interface Asset {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Every file of the page by its path; the build copies them beside the compiled code. */
const files: Readonly<Record<string, readonly [string, string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page/calls.css': ['calls.css', 'text/css; charset=utf-8'],
  ...toScripts(['first-call', 'page', 'samples', 'session', 'texts', 'view']),
};

function toScripts(names: readonly string[]): Record<string, readonly [string, string]> {
  const type = 'text/javascript; charset=utf-8';
  return Object.fromEntries(names.map((name) => [`/page/${name}.js`, [`${name}.js`, type] as const]));
}

/**
 * The page's own files and its own API, nothing else: a hostile text that got in as markup could load
 * nothing.
 */
const pageHeaders = {
  ...safeHeaders,
  // Kept by the browser, but asked about each time, so that an update is seen at the next look.
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
} as const;

function readAsset(name: string, type: string): Asset {
  const bytes = readFileSync(new URL(`./${name}`, import.meta.url));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
  return { bytes, type, etag };
}

/** The static page, read once into memory when it is first asked for. */
export interface PageFiles {
  /** True when the path is one of the page's; the answer is then complete. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): boolean;
}

/** Creates the static page. */
export function createPage(): PageFiles {
  const assets = new Map<string, Asset>();
  function find(path: string): Asset | null {
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (file === undefined) return null;
    const known = assets.get(path) ?? readAsset(...file);
    assets.set(path, known);
    return known;
  }
  return {
    handle(request, response, url) {
      const asset = find(url.pathname);
      if (asset === null) return false;
      const { method = '' } = request;
      if (method !== 'GET' && method !== 'HEAD') {
        const detail = { method, path: url.pathname };
        sendFailure(response, { code: 'CHG_METHOD_NOT_ALLOWED', detail }, { allow: 'GET, HEAD' });
      } else if (request.headers['if-none-match'] === asset.etag) {
        response.writeHead(304, { ...pageHeaders, etag: asset.etag }).end();
      } else {
        const length = String(asset.bytes.length);
        const headers = { ...pageHeaders, etag: asset.etag, 'content-type': asset.type };
        response.writeHead(200, { ...headers, 'content-length': length });
        response.end(method === 'HEAD' ? undefined : asset.bytes);
      }
      return true;
    },
  };
}
