import type { MediaSource } from './request.ts';

/** Media types that hosts write in more than one way. */
const aliases: Readonly<Record<string, string>> = { 'image/jpg': 'image/jpeg', 'image/pjpeg': 'image/jpeg' };

function toMediaType(value: string): string {
  const plain = (value.split(';', 1)[0] ?? '').trim().toLowerCase();
  return Object.hasOwn(aliases, plain) ? (aliases[plain] ?? plain) : plain;
}

/** Limit: characters before the comma of a data URL; a media type with its parameters is far shorter. */
const headChars = 256;

/**
 * Reads a URL of an image or file: a base64 data URL becomes its parts, http(s) stays a URL. Null for a data
 * URL that is not base64 and for any other scheme. Spec: RFC 2397.
 */
export function parseMediaUrl(url: string): MediaSource | null {
  if (/^https?:\/\//i.test(url.slice(0, 8))) return { kind: 'url', url };
  if (!/^data:/i.test(url.slice(0, 5))) return null;
  const comma = url.slice(0, headChars).indexOf(',');
  const head = comma === -1 ? '' : url.slice(5, comma);
  if (!/;\s*base64\s*$/i.test(head)) return null;
  return { kind: 'base64', mediaType: toMediaType(head), data: url.slice(comma + 1) };
}

/** A base64 source as a data URL. */
export function toDataUrl(source: { readonly mediaType: string; readonly data: string }): string {
  return `data:${source.mediaType};base64,${source.data}`;
}
