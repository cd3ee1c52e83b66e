// Tool call ids between dialects. OpenAI's are any text (Kimi writes `functions.Read:0`, and wants it back),
// Anthropic's are `[a-zA-Z0-9_-]+`. The way there and back keeps no state: a legal id stays as it is, another
// is escaped, and an id that looks escaped is escaped again, so that no two ids ever meet.

const prefix = 'chgx_';
const wordId = /^[a-zA-Z0-9_-]+$/;
const nineId = /^[a-zA-Z0-9]{9}$/;

/** An id in the alphabet `[a-zA-Z0-9_-]`; `fromWordId` undoes it. */
export function toWordId(id: string): string {
  if (wordId.test(id) && !id.startsWith(prefix)) return id;
  const escaped = id.replace(/[^a-zA-Z0-9-]/g, (char) => `_${char.charCodeAt(0).toString(16)}_`);
  return prefix + escaped;
}

/** The id that `toWordId` escaped; any other id stays as it is. */
export function fromWordId(id: string): string {
  if (!id.startsWith(prefix)) return id;
  const plain = id
    .slice(prefix.length)
    .replace(/_([0-9a-f]{1,4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return toWordId(plain) === id ? plain : id;
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * An id of exactly nine letters and digits, as Mistral demands. Not undone: the host's own ids have this form
 * already, and a foreign one only has to be the same in the call and in its result.
 */
export function toNineId(id: string): string {
  if (nineId.test(id)) return id;
  // Two 32-bit FNV-1a hashes with different starts: 62^9 is below 2^54, and one of 32 bits would collide.
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let at = 0; at < id.length; at++) {
    low = Math.imul(low ^ id.charCodeAt(at), 0x01000193) >>> 0;
    high = Math.imul(high ^ id.charCodeAt(at), 0x01000193) >>> 0;
    high = (high ^ (low >>> 15)) >>> 0;
  }
  let rest = (BigInt(high) << 32n) | BigInt(low);
  let text = '';
  for (let place = 0; place < 9; place++) {
    text += digits[Number(rest % 62n)] ?? '0';
    rest /= 62n;
  }
  return text;
}
