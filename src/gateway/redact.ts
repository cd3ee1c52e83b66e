import type { BoundCredential } from '../kernel/index.ts';

/** Shorter values are words, not secrets; masking them would only garble texts. */
const secretChars = 8;

/**
 * Masks the gateway's own credential in an upstream's error text before a client sees it: several
 * vendors repeat the key that they did not accept.
 */
export function redactSecrets(body: Uint8Array, credential: BoundCredential | undefined): Uint8Array {
  const headers = credential?.headersFor(credential.origin) ?? null;
  if (headers === null) return body;
  let text: string | null = null;
  for (const name in headers) {
    const secret = (headers[name] ?? '').replace(/^bearer /i, '');
    if (secret.length < secretChars) continue;
    text ??= Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
    text = text.replaceAll(secret, '[secret]');
  }
  return text === null ? body : Buffer.from(text);
}
