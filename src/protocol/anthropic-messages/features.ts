import { failure, type Result, success } from '../../kernel/index.ts';
import { fingerprintChars, isJsonObject, type JsonObject, type RequestFeatures } from '../neutral/index.ts';

// Claude Code's first system block changes with every request; it must not take part in the
// conversation's name, or sticky serving would never stick.
const billingPrefix = 'x-anthropic-billing-header:';

function readText(content: unknown): string {
  if (typeof content === 'string') return content.slice(0, fingerprintChars);
  if (!Array.isArray(content)) return '';
  let text = '';
  for (const block of content) {
    if (!isJsonObject(block) || typeof block['text'] !== 'string') continue;
    if (block['text'].startsWith(billingPrefix)) continue;
    text += block['text'];
    if (text.length >= fingerprintChars) break;
  }
  return text.slice(0, fingerprintChars);
}

/** A user message that only returns tool results does not begin a new turn. */
function isToolResultOnly(content: unknown): boolean {
  if (!Array.isArray(content) || content.length === 0) return false;
  return content.every((block) => isJsonObject(block) && block['type'] === 'tool_result');
}

function readToolNames(tools: unknown): string {
  if (!Array.isArray(tools)) return '';
  let names = '';
  for (const tool of tools) {
    if (isJsonObject(tool) && typeof tool['name'] === 'string') names += `${tool['name'].slice(0, 128)},`;
  }
  return names;
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
  let firstUser = '';
  let turn = 0;
  for (const message of messages) {
    if (!isJsonObject(message) || message['role'] !== 'user' || isToolResultOnly(message['content'])) {
      continue;
    }
    if (turn === 0) firstUser = readText(message['content']);
    turn++;
  }
  const limit = body['max_tokens'];
  const output = isJsonObject(body['output_config']) ? body['output_config']['format'] : undefined;
  return success({
    dialect: 'anthropic-messages',
    model,
    stream: stream === true,
    wantsStreamUsage: true,
    maxOutputTokens: typeof limit === 'number' && Number.isFinite(limit) && limit > 0 ? limit : null,
    choices: 1,
    turn,
    system: readText(body['system']),
    firstUser,
    tools: readToolNames(body['tools']),
    schema: isJsonObject(output) ? String(output['type']).slice(0, 64) : '',
  });
}
