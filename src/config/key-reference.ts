/** What the text after `key:` means. */
export type KeyReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'store'; readonly name: string }
  | { readonly kind: 'literal' }
  | { readonly kind: 'wrong'; readonly text: string; readonly remedy: string };

/** Reads the text after `key:`. */
export function parseKeyReference(text: string): KeyReference {
  const reference = /^(env|store):(.*)$/su.exec(text);
  const name = reference?.[2] ?? '';
  if (reference?.[1] === 'env') {
    if (/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) return { kind: 'env', name };
    return {
      kind: 'wrong',
      text: 'what follows "env:" is not the name of an environment variable',
      remedy: 'Write for example env:OPENAI_API_KEY, without $ or blanks',
    };
  }
  if (reference?.[1] === 'store') {
    if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) return { kind: 'store', name };
    return {
      kind: 'wrong',
      text: 'what follows "store:" is not the name of a stored secret',
      remedy: 'Use letters, digits and . _ - after "store:"',
    };
  }
  if (!isHeaderValue(text)) {
    return {
      kind: 'wrong',
      text: 'it has characters that cannot be sent in a header',
      remedy: 'Write env:NAME, and put the key into that environment variable',
    };
  }
  return { kind: 'literal' };
}

/** True for text that a header can carry unchanged; a line break in a key would end the header. */
export function isHeaderValue(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
