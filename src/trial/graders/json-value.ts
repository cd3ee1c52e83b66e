/** Any JSON value, as it comes out of `JSON.parse`. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Deepest nesting that a grader walks. Deeper JSON is a hostile or runaway answer, and walking it
 * recursively would exhaust the stack; it scores 0 instead.
 */
export const MAX_JSON_DEPTH = 200;

/** True for objects, false for arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when the text nests brackets deeper than `MAX_JSON_DEPTH`; read before the text is parsed. */
function isNestedTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      depth++;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (code === 93 || code === 125) depth--;
  }
  return false;
}

/** `JSON.parse` as a value: undefined for text that is not JSON or nests too deep. */
export function parseJson(text: string): { readonly value: JsonValue } | undefined {
  if (isNestedTooDeep(text)) return undefined;
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
