import { failure, type Result, success } from '../../kernel/index.ts';
import {
  isJsonObject,
  type JsonObject,
  type NeutralRequest,
  omitFields,
  pickFields,
  type OutputFormat,
  type Part,
  type ReasoningAsk,
  type Tool,
  type ToolChoice,
  toList,
  toNumber,
  toObject,
  toText,
  type Turn,
  type TurnRole,
} from '../neutral/index.ts';
import { decodeCalls, decodeContent, decodeReasoning } from './decode-parts.ts';

const roles: ReadonlySet<string> = new Set(['system', 'developer', 'user', 'assistant', 'tool']);

const messageFields = new Set([
  'role',
  'content',
  'tool_calls',
  'tool_call_id',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'refusal',
]);

/** Fields that one value of the core is read from; the others are written anew in any dialect. */
const ownFields = [
  'tool_choice',
  'parallel_tool_calls',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'response_format',
  'reasoning_effort',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'max_tokens',
  'max_completion_tokens',
  'stream',
  'stream_options',
  'n',
  'user',
] as const;

const bodyFields = new Set(['model', 'messages', 'tools', ...ownFields]);

function decodeResult(message: JsonObject): Turn {
  const content = message['content'];
  const part: Part = {
    type: 'tool-result',
    callId: toText(message['tool_call_id']),
    parts: decodeContent(content),
    plain: typeof content === 'string',
    isError: null,
    extras: omitFields(message, messageFields),
  };
  return { role: 'tool', parts: [part], plain: false, top: false, extras: {} };
}

function decodeMessage(value: unknown): Turn | null {
  if (!isJsonObject(value)) return null;
  const role = toText(value['role']);
  if (!roles.has(role)) return null;
  if (role === 'tool') return decodeResult(value);
  const parts: Part[] = [];
  if (role === 'assistant') {
    const reasoning = decodeReasoning(value);
    if (reasoning !== null) parts.push(reasoning);
  }
  parts.push(...decodeContent(value['content']));
  if (role === 'assistant') {
    if (typeof value['refusal'] === 'string' && value['refusal'] !== '') {
      parts.push({ type: 'text', text: value['refusal'], extras: {} });
    }
    parts.push(...decodeCalls(value));
  }
  return {
    role: role as TurnRole,
    parts,
    plain: !Array.isArray(value['content']),
    top: false,
    extras: omitFields(value, messageFields),
  };
}

const functionFields = new Set(['name', 'description', 'parameters', 'strict']);

function decodeTool(value: unknown): Tool {
  const tool = toObject(value);
  const called = toObject(tool['function']);
  const name = toText(called['name']);
  const isFunction = tool['type'] === undefined || tool['type'] === 'function';
  if (!isFunction || name === '') {
    return { type: 'opaque', what: toText(tool['type']).slice(0, 64), raw: tool };
  }
  return {
    type: 'function',
    name,
    description: typeof called['description'] === 'string' ? called['description'] : null,
    schema: isJsonObject(called['parameters']) ? called['parameters'] : null,
    strict: typeof called['strict'] === 'boolean' ? called['strict'] : null,
    deferred: false,
    extras: omitFields(called, functionFields),
  };
}

function decodeChoice(value: unknown): ToolChoice | null {
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value };
  // Mistral's word for it.
  if (value === 'any') return { type: 'required' };
  const choice = toObject(value);
  const name = toText(toObject(choice['function'])['name']);
  if (name !== '') return { type: 'tool', name };
  const allowed = toObject(choice['allowed_tools']);
  const names = toList(allowed['tools']).map((tool) => toText(toObject(toObject(tool)['function'])['name']));
  if (names.length === 0) return null;
  return { type: 'allowed', names, required: allowed['mode'] === 'required' };
}

function decodeOutput(value: unknown): OutputFormat {
  const format = toObject(value);
  if (format['type'] === 'json_object') return { type: 'json' };
  if (format['type'] !== 'json_schema') return { type: 'text' };
  const wanted = toObject(format['json_schema']);
  return {
    type: 'schema',
    name: toText(wanted['name']) || 'answer',
    schema: toObject(wanted['schema']),
    strict: typeof wanted['strict'] === 'boolean' ? wanted['strict'] : null,
  };
}

/** OpenAI's effort, and the switches that DeepSeek, GLM, Kimi and Qwen put beside it. */
function decodeThinking(body: JsonObject): ReasoningAsk | null {
  const effort = toText(body['reasoning_effort']);
  const type = toText(toObject(body['thinking'])['type']);
  const enabled = body['enable_thinking'];
  const budgetTokens =
    toNumber(body['thinking_budget']) ?? toNumber(toObject(body['thinking'])['budget_tokens']);
  if (effort === 'none' || type === 'disabled' || enabled === false) {
    return { mode: 'off', effort: null, budgetTokens: null, hidden: false };
  }
  if (effort === '' && type === '' && enabled !== true && budgetTokens === null) return null;
  const mode = type === 'auto' || type === 'adaptive' ? 'auto' : 'on';
  return { mode, effort: effort === '' ? null : effort, budgetTokens, hidden: false };
}

function decodeStops(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return toList(value).filter((stop) => typeof stop === 'string');
}

/**
 * Reads a Chat Completions request into the neutral form. Only what cannot be a request at all is refused.
 */
export function decodeRequest(body: JsonObject): Result<NeutralRequest> {
  if (!Array.isArray(body['messages'])) {
    return failure('CHG_FIELD_INVALID', { field: '"messages"', reason: 'must be a list' });
  }
  const given = toList(body['messages']);
  const turns = given.map(decodeMessage).filter((turn) => turn !== null);
  const choices = toNumber(body['n']) ?? 1;
  return success({
    origin: 'openai-chat',
    model: toText(body['model']),
    turns,
    skippedTurns: given.length - turns.length,
    tools: toList(body['tools']).map(decodeTool),
    toolChoice: decodeChoice(body['tool_choice']),
    parallelCalls: typeof body['parallel_tool_calls'] === 'boolean' ? body['parallel_tool_calls'] : null,
    temperature: toNumber(body['temperature']),
    topP: toNumber(body['top_p']),
    topK: toNumber(body['top_k']),
    stops: decodeStops(body['stop']),
    output: decodeOutput(body['response_format']),
    reasoning: decodeThinking(body),
    maxTokens: toNumber(body['max_completion_tokens']) ?? toNumber(body['max_tokens']),
    stream: body['stream'] === true,
    wantsStreamUsage: toObject(body['stream_options'])['include_usage'] === true,
    choices: choices > 1 ? Math.floor(choices) : 1,
    userId: toText(body['user']) || null,
    own: pickFields(body, ownFields),
    extras: omitFields(body, bodyFields),
  });
}
