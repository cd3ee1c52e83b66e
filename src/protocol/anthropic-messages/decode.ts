import { failure, type Result, success } from '../../kernel/index.ts';
import {
  isJsonObject,
  type JsonObject,
  type NeutralRequest,
  noFields,
  omitFields,
  pickFields,
  type OutputFormat,
  type ReasoningAsk,
  type Tool,
  type ToolChoice,
  toList,
  toNumber,
  toObject,
  toText,
  type Turn,
} from '../neutral/index.ts';
import { decodeBlocks } from './decode-blocks.ts';

const messageFields = new Set(['role', 'content']);

/** Fields that one value of the core is read from; the others are written anew in any dialect. */
const ownFields = [
  'tool_choice',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'output_config',
  'thinking',
  'max_tokens',
  'stream',
  'metadata',
] as const;

const bodyFields = new Set(['model', 'messages', 'system', 'tools', ...ownFields]);

function decodeMessage(value: unknown): Turn | null {
  if (!isJsonObject(value)) return null;
  const { role, content } = value;
  if (role !== 'user' && role !== 'assistant' && role !== 'system') return null;
  return {
    role,
    parts: decodeBlocks(content),
    plain: !Array.isArray(content),
    top: false,
    extras: omitFields(value, messageFields),
  };
}

function decodeSystem(system: unknown): readonly Turn[] {
  const parts = decodeBlocks(system);
  if (parts.length === 0) return [];
  return [{ role: 'system', parts, plain: !Array.isArray(system), top: true, extras: noFields }];
}

const toolFields = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'defer_loading']);

function decodeTool(value: unknown): Tool {
  const tool = toObject(value);
  const type = toText(tool['type']);
  const name = toText(tool['name']);
  if ((type !== '' && type !== 'custom') || name === '') {
    return { type: 'opaque', what: type.slice(0, 64), raw: tool };
  }
  return {
    type: 'function',
    name,
    description: typeof tool['description'] === 'string' ? tool['description'] : null,
    schema: isJsonObject(tool['input_schema']) ? tool['input_schema'] : null,
    strict: typeof tool['strict'] === 'boolean' ? tool['strict'] : null,
    deferred: tool['defer_loading'] === true,
    extras: omitFields(tool, toolFields),
  };
}

function decodeChoice(choice: JsonObject): ToolChoice | null {
  const { type } = choice;
  if (type === 'auto' || type === 'none') return { type };
  if (type === 'any') return { type: 'required' };
  return type === 'tool' ? { type: 'tool', name: toText(choice['name']) } : null;
}

function decodeOutput(config: JsonObject): OutputFormat {
  const format = toObject(config['format']);
  if (format['type'] !== 'json_schema') return { type: 'text' };
  const name = toText(format['name']) || 'answer';
  return { type: 'schema', name, schema: toObject(format['schema']), strict: null };
}

function decodeThinking(thinking: JsonObject, config: JsonObject): ReasoningAsk | null {
  const type = toText(thinking['type']);
  const effort = toText(config['effort']) || null;
  const budgetTokens = toNumber(thinking['budget_tokens']);
  const hidden = thinking['display'] === 'omitted';
  if (type === 'disabled') return { mode: 'off', effort, budgetTokens: null, hidden };
  if (type === 'enabled') return { mode: 'on', effort, budgetTokens, hidden };
  // adaptive, between_tools, and what may come: the model decides.
  if (type !== '') return { mode: 'auto', effort, budgetTokens, hidden };
  return effort === null ? null : { mode: 'auto', effort, budgetTokens: null, hidden };
}

/** Reads a Messages request into the neutral form. Only what cannot be a request at all is refused. */
export function decodeRequest(body: JsonObject): Result<NeutralRequest> {
  if (!Array.isArray(body['messages'])) {
    return failure('CHG_FIELD_INVALID', { field: '"messages"', reason: 'must be a list' });
  }
  const given = toList(body['messages']);
  const turns = given.map(decodeMessage).filter((turn) => turn !== null);
  const choice = toObject(body['tool_choice']);
  const config = toObject(body['output_config']);
  const noParallel = choice['disable_parallel_tool_use'];
  const configExtras = omitFields(config, new Set(['effort', 'format']));
  const extras = omitFields(body, bodyFields);
  return success({
    origin: 'anthropic-messages',
    model: toText(body['model']),
    turns: [...decodeSystem(body['system']), ...turns],
    skippedTurns: given.length - turns.length,
    tools: toList(body['tools']).map(decodeTool),
    toolChoice: decodeChoice(choice),
    parallelCalls: typeof noParallel === 'boolean' ? !noParallel : null,
    temperature: toNumber(body['temperature']),
    topP: toNumber(body['top_p']),
    topK: toNumber(body['top_k']),
    stops: toList(body['stop_sequences']).filter((stop) => typeof stop === 'string'),
    output: decodeOutput(config),
    reasoning: decodeThinking(toObject(body['thinking']), config),
    maxTokens: toNumber(body['max_tokens']),
    stream: body['stream'] === true,
    wantsStreamUsage: true,
    choices: 1,
    userId: toText(toObject(body['metadata'])['user_id']) || null,
    own: pickFields(body, ownFields),
    extras: configExtras === noFields ? extras : { ...extras, output_config: configExtras },
  });
}
