/** Proxy settings as the environment gives them. */
export interface ProxySettings {
  readonly https: string | null;
  readonly http: string | null;
  /** Comma-separated hosts that bypass the proxy. */
  readonly bypass: string;
}

/** Reads HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY in either case, as curl does. */
export function readProxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  function pick(name: string): string | null {
    const value = env[name] ?? env[name.toLowerCase()];
    return value === undefined || value === '' ? null : value;
  }
  return {
    https: pick('HTTPS_PROXY') ?? pick('ALL_PROXY'),
    http: env['http_proxy'] ?? pick('HTTP_PROXY') ?? pick('ALL_PROXY'),
    bypass: pick('NO_PROXY') ?? '',
  };
}

function isBypassed(host: string, port: string, bypass: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (plain === 'localhost' || plain.endsWith('.localhost') || plain.startsWith('127.') || plain === '::1') {
    return true;
  }
  for (const rule of bypass.toLowerCase().split(/[\s,]+/)) {
    if (rule === '') continue;
    if (rule === '*') return true;
    const [name, rulePort] = rule.startsWith('[') ? [rule.slice(1, -1)] : splitPort(rule);
    if (rulePort !== undefined && rulePort !== port) continue;
    const suffix = name.replace(/^\*?\./, '');
    if (plain === suffix || plain.endsWith(`.${suffix}`)) return true;
  }
  return false;
}

function splitPort(rule: string): [string, string?] {
  const match = /^([^:]+):(\d+)$/.exec(rule);
  return match === null ? [rule] : [match[1] ?? '', match[2] ?? ''];
}

/** The proxy for a URL, or null for a direct connection. Loopback never goes through a proxy. */
export function chooseProxy(url: URL, settings: ProxySettings): URL | null {
  const usualPort = url.protocol === 'https:' ? '443' : '80';
  const port = url.port === '' ? usualPort : url.port;
  if (isBypassed(url.hostname, port, settings.bypass)) return null;
  const proxy = url.protocol === 'https:' ? settings.https : settings.http;
  if (proxy === null) return null;
  const full = /^[a-z0-9]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  return URL.canParse(full) ? new URL(full) : null;
}
