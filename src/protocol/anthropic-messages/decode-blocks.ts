import {
  isJsonObject,
  type JsonObject,
  type MediaSource,
  noFields,
  omitFields,
  type Part,
  toList,
  toObject,
  toText,
} from '../neutral/index.ts';

const textFields = new Set(['type', 'text']);
const imageFields = new Set(['type', 'source']);
const documentFields = new Set(['type', 'source', 'title']);
const callFields = new Set(['type', 'id', 'name', 'input']);
const resultFields = new Set(['type', 'tool_use_id', 'content', 'is_error']);
const thinkingFields = new Set(['type', 'thinking', 'signature']);
const redactedFields = new Set(['type', 'data']);
const referenceFields = new Set(['type', 'tool_name']);

function decodeSource(value: unknown): MediaSource | null {
  const source = toObject(value);
  const { type, data, url, file_id: id } = source;
  if (type === 'base64' && typeof data === 'string') {
    return { kind: 'base64', mediaType: toText(source['media_type']), data };
  }
  if (type === 'url' && typeof url === 'string') return { kind: 'url', url };
  return type === 'file' && typeof id === 'string' ? { kind: 'file', id } : null;
}

function toOpaque(block: JsonObject): Part {
  return { type: 'opaque', what: toText(block['type']).slice(0, 64) || 'block', raw: block };
}

function decodeImage(block: JsonObject): Part {
  const source = decodeSource(block['source']);
  if (source === null) return toOpaque(block);
  return { type: 'image', source, detail: null, extras: omitFields(block, imageFields) };
}

function decodeDocument(block: JsonObject): Part {
  const given = toObject(block['source']);
  const name = toText(block['title']) || null;
  const extras = omitFields(block, documentFields);
  if (given['type'] === 'text' && typeof given['data'] === 'string') {
    return { type: 'document', source: { kind: 'text', text: given['data'] }, name, extras };
  }
  const source = decodeSource(given);
  return source === null ? toOpaque(block) : { type: 'document', source, name, extras };
}

function decodeCall(block: JsonObject): Part {
  const { input } = block;
  return {
    type: 'tool-call',
    id: toText(block['id']),
    name: toText(block['name']),
    argumentsText: isJsonObject(input) ? JSON.stringify(input) : '{}',
    input: isJsonObject(input) ? input : noFields,
    extras: omitFields(block, callFields),
  };
}

function decodeThinking(block: JsonObject): Part {
  return {
    type: 'reasoning',
    text: toText(block['thinking']),
    signature: toText(block['signature']) || null,
    redacted: null,
    extras: omitFields(block, thinkingFields),
  };
}

function decodeBlock(value: unknown, depth: number): Part {
  if (!isJsonObject(value)) return toOpaque(noFields);
  switch (value['type']) {
    case 'text':
      if (typeof value['text'] !== 'string') return toOpaque(value);
      return { type: 'text', text: value['text'], extras: omitFields(value, textFields) };
    case 'image':
      return decodeImage(value);
    case 'document':
      return decodeDocument(value);
    case 'tool_use':
      return decodeCall(value);
    case 'tool_result':
      // A result inside a result is no block that anybody sends; it stays as it came.
      if (depth > 0) return toOpaque(value);
      return {
        type: 'tool-result',
        callId: toText(value['tool_use_id']),
        parts: decodeBlocks(value['content'], 1),
        plain: !Array.isArray(value['content']),
        isError: typeof value['is_error'] === 'boolean' ? value['is_error'] : null,
        extras: omitFields(value, resultFields),
      };
    case 'thinking':
      return decodeThinking(value);
    case 'redacted_thinking':
      return {
        type: 'reasoning',
        text: '',
        signature: null,
        redacted: toText(value['data']),
        extras: omitFields(value, redactedFields),
      };
    case 'tool_reference':
      return {
        type: 'tool-reference',
        name: toText(value['tool_name']),
        extras: omitFields(value, referenceFields),
      };
    default:
      return toOpaque(value);
  }
}

/** The blocks of a content: a text, a list, or nothing. */
export function decodeBlocks(content: unknown, depth = 0): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, extras: noFields }];
  return toList(content).map((block) => decodeBlock(block, depth));
}
