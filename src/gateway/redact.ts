import type { BoundCredential } from '../kernel/index.ts';
import type { WireError } from '../protocol/index.ts';

/** Shorter values are words, not secrets; masking them would only garble texts. */
const secretChars = 8;
const mask = '[secret]';

function toSecrets(credential: BoundCredential | undefined): readonly string[] {
  const headers = credential?.headersFor(credential.origin) ?? {};
  return Object.values(headers)
    .map((value) => value.replace(/^bearer /i, ''))
    .filter((secret) => secret.length >= secretChars);
}

/** Vendors' texts are cut at a limit, which may go through a secret: its first part is masked too. */
function maskEnd(text: string, secret: string): string {
  for (let size = secret.length - 1; size >= secretChars; size--) {
    if (text.endsWith(secret.slice(0, size))) return text.slice(0, -size) + mask;
  }
  return text;
}

function redactText(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) {
    // JSON may write a slash as "\/".
    masked = masked.replaceAll(secret, mask).replaceAll(secret.replaceAll('/', '\\/'), mask);
    masked = maskEnd(masked, secret);
  }
  return masked;
}

/**
 * Masks the gateway's own credential in an upstream's error bytes before a client sees them: several
 * vendors repeat the key that they did not accept.
 */
export function redactSecrets(body: Uint8Array, credential: BoundCredential | undefined): Uint8Array {
  const secrets = toSecrets(credential);
  if (secrets.length === 0) return body;
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8');
  return Buffer.from(redactText(text, secrets));
}

/** The same for an error that was read out of such a body: its text is told in our own error. */
export function redactError(
  error: WireError | null,
  credential: BoundCredential | undefined,
): WireError | null {
  if (error === null) return null;
  const secrets = toSecrets(credential);
  return { code: redactText(error.code, secrets), text: redactText(error.text, secrets) };
}
