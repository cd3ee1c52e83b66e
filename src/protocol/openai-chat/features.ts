import { failure, type Result, success } from '../../kernel/index.ts';
import { fingerprintChars, isJsonObject, type JsonObject, type RequestFeatures } from '../neutral/index.ts';

/** The text of a message content that is a string or a list of parts, up to the fingerprint's length. */
function readText(content: unknown): string {
  if (typeof content === 'string') return content.slice(0, fingerprintChars);
  if (!Array.isArray(content)) return '';
  let text = '';
  for (const part of content) {
    if (isJsonObject(part) && typeof part['text'] === 'string') text += part['text'];
    if (text.length >= fingerprintChars) break;
  }
  return text.slice(0, fingerprintChars);
}

function readMaxTokens(body: JsonObject): number | null {
  const value = body['max_completion_tokens'] ?? body['max_tokens'];
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** Limit: hosts take 128 at most; a larger figure is theirs to refuse. */
const choicesMax = 128;

function readChoices(value: unknown): number {
  return typeof value === 'number' && value > 1 ? Math.min(Math.floor(value), choicesMax) : 1;
}

function readToolNames(tools: unknown): string {
  if (!Array.isArray(tools)) return '';
  let names = '';
  for (const tool of tools) {
    const called =
      isJsonObject(tool) && isJsonObject(tool['function']) ? tool['function']['name'] : undefined;
    if (typeof called === 'string') names += `${called.slice(0, 128)},`;
  }
  return names;
}

function readSchema(format: unknown): string {
  if (!isJsonObject(format)) return '';
  const schema = isJsonObject(format['json_schema']) ? format['json_schema']['name'] : '';
  return `${String(format['type'])}:${typeof schema === 'string' ? schema.slice(0, 128) : ''}`;
}

/**
 * Reads what planning needs. Only what the gateway itself relies on is checked; the rest is the upstream's to
 * judge.
 */
export function readFeatures(body: JsonObject): Result<RequestFeatures> {
  const { model, messages, stream } = body;
  if (typeof model !== 'string' || model === '' || model.length > 256) {
    return failure('CHG_FIELD_INVALID', {
      field: '"model"',
      reason: 'must be a text of 1 to 256 characters',
    });
  }
  if (!Array.isArray(messages)) {
    return failure('CHG_FIELD_INVALID', { field: '"messages"', reason: 'must be a list' });
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return failure('CHG_FIELD_INVALID', { field: '"stream"', reason: 'must be true or false' });
  }
  let system = '';
  let firstUser = '';
  let turn = 0;
  for (const message of messages) {
    if (!isJsonObject(message)) continue;
    const role = message['role'];
    if (role === 'user') {
      if (turn === 0) firstUser = readText(message['content']);
      turn++;
    } else if ((role === 'system' || role === 'developer') && system === '') {
      system = readText(message['content']);
    }
  }
  const streamOptions = body['stream_options'];
  return success({
    dialect: 'openai-chat',
    model,
    stream: stream === true,
    wantsStreamUsage: isJsonObject(streamOptions) && streamOptions['include_usage'] === true,
    maxOutputTokens: readMaxTokens(body),
    choices: readChoices(body['n']),
    turn,
    system,
    firstUser,
    tools: readToolNames(body['tools']),
    schema: readSchema(body['response_format']),
  });
}
