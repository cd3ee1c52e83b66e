/** Why a URL cannot be used, or null. `{model}` may stand in a full URL of a door. */
export function findUrlFault(text: string, kind: 'base' | 'door'): string | null {
  if (/[\s\p{Cc}]/u.test(text)) return 'it has blanks or control characters';
  const plain = kind === 'door' ? text.replace('{model}', 'model') : text;
  if (/[{}]/.test(plain)) return 'it has braces; only {model} in a full URL of "dialects" is possible';
  let url: URL;
  try {
    url = new URL(plain);
  } catch (error) {
    if (error instanceof TypeError) return 'it is not a full URL with http:// or https://';
    throw error;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `it begins with "${url.protocol}"`;
  if (!/^https?:\/\//.test(text)) return 'it does not begin with http:// or https:// in lower case';
  if (url.username !== '' || url.password !== '') return 'it holds credentials';
  if (url.hash !== '' || text.includes('#')) return 'it has a fragment (#…)';
  if (kind === 'base' && text.includes('?')) return 'it has a query (?…)';
  return null;
}

/** True when the host of a URL is this machine or by its form one of a private network. */
export function isPrivateHost(text: string): boolean {
  const { hostname } = new URL(text.replace('{model}', 'model'));
  if (hostname.startsWith('[')) return /^\[(::1\]|f[cd]|fe80:)/.test(hostname);
  if (/^\d+(\.\d+){3}$/.test(hostname)) {
    return /^(127|10|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(hostname);
  }
  // One label, or a suffix that no public name has: a container, a service of a cluster, an office network.
  return !hostname.includes('.') || /\.(localhost|local|internal|lan|home\.arpa|svc|test)$/.test(hostname);
}
