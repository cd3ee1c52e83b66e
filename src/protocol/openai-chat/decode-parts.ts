import {
  type ImagePart,
  isJsonObject,
  type JsonObject,
  noFields,
  omitFields,
  parseMediaUrl,
  type Part,
  toList,
  toObject,
  toText,
} from '../neutral/index.ts';

const textFields = new Set(['type', 'text']);
const imageFields = new Set(['type', 'image_url']);
const fileFields = new Set(['type', 'file']);
const callFields = new Set(['id', 'type', 'function', 'index']);

function decodeImage(part: JsonObject): Part {
  // Several vendors write the URL where OpenAI writes an object.
  const image = part['image_url'];
  const url = toText(typeof image === 'string' ? image : toObject(image)['url']);
  const source = parseMediaUrl(url);
  if (source === null) return { type: 'opaque', what: 'image_url', raw: part };
  const detail = toText(toObject(image)['detail']);
  const decoded: ImagePart = {
    type: 'image',
    source,
    detail: detail === '' ? null : detail,
    extras: omitFields(part, imageFields),
  };
  return decoded;
}

function decodeFile(part: JsonObject): Part {
  const file = toObject(part['file']);
  const data = toText(file['file_data']);
  const id = toText(file['file_id']);
  const source = data === '' ? null : parseMediaUrl(data);
  const name = toText(file['filename']);
  const extras = omitFields(part, fileFields);
  if (source !== null) return { type: 'document', source, name: name === '' ? null : name, extras };
  if (id === '') return { type: 'opaque', what: 'file', raw: part };
  return { type: 'document', source: { kind: 'file', id }, name: name === '' ? null : name, extras };
}

function decodePart(value: unknown): Part {
  if (typeof value === 'string') return { type: 'text', text: value, extras: noFields };
  if (!isJsonObject(value)) return { type: 'opaque', what: 'part', raw: noFields };
  const type = toText(value['type']);
  if ((type === 'text' || type === '') && typeof value['text'] === 'string') {
    return { type: 'text', text: value['text'], extras: omitFields(value, textFields) };
  }
  if (type === 'image_url') return decodeImage(value);
  if (type === 'file') return decodeFile(value);
  if (type === 'refusal' && typeof value['refusal'] === 'string') {
    return { type: 'text', text: value['refusal'], extras: noFields };
  }
  return { type: 'opaque', what: type === '' ? 'part' : type.slice(0, 64), raw: value };
}

/** The parts of a message's content: a text, a list, or nothing. */
export function decodeContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content, extras: noFields }];
  return toList(content).map(decodePart);
}

/** The calls of an assistant message. */
export function decodeCalls(message: JsonObject): readonly Part[] {
  return toList(message['tool_calls']).map((value): Part => {
    const call = toObject(value);
    const called = toObject(call['function']);
    if (toText(called['name']) === '') return { type: 'opaque', what: 'tool_call', raw: call };
    const given = called['arguments'];
    // Some hosts write an object where OpenAI writes text.
    const argumentsText = isJsonObject(given) ? JSON.stringify(given) : toText(given);
    return {
      type: 'tool-call',
      id: toText(call['id']),
      name: toText(called['name']),
      argumentsText,
      input: null,
      extras: omitFields(call, callFields),
    };
  });
}

/** The reasoning of an assistant message, in whichever of the vendors' fields it stands. */
export function decodeReasoning(message: JsonObject): Part | null {
  const details = toList(message['reasoning_details']).map(toObject);
  const joined = details.map((detail) => toText(detail['text'])).join('');
  const given = [message['reasoning_content'], message['reasoning'], joined].map(toText);
  const text = given.find((candidate) => candidate !== '') ?? '';
  const signature = toText(details.find((detail) => toText(detail['signature']) !== '')?.['signature']);
  const isThere =
    typeof message['reasoning_content'] === 'string' || typeof message['reasoning'] === 'string';
  if (text === '' && signature === '' && !isThere) return null;
  return {
    type: 'reasoning',
    text,
    signature: signature === '' ? null : signature,
    redacted: null,
    extras: noFields,
  };
}
