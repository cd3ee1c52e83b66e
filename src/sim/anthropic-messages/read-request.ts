import type { Ask, AskTool, Reading } from '../ask.ts';
import type { RequestFacts } from '../dialect.ts';
import { isObject, isPositiveInteger, type JsonObject, toList, toObject, toText } from '../json.ts';
import { type Problem, refuse } from '../problem.ts';
import type { VendorFacts } from '../vendors.ts';
import {
  checkBlocks,
  checkBreakpoints,
  type CheckedMessage,
  checkLoopThinking,
  checkReplayedThinking,
  checkSystemTurns,
  checkToolPairs,
  toBlocks,
} from './check-blocks.ts';
import { toPrompt } from './to-prompt.ts';

type Refusal = { ok: false; problem: Problem };

const knownFields = new Set([
  'model',
  'messages',
  'max_tokens',
  'system',
  'metadata',
  'stop_sequences',
  'stream',
  'temperature',
  'top_k',
  'top_p',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'service_tier',
  'container',
  'mcp_servers',
  'cache_control',
  'diagnostics',
  'inference_geo',
  'speed',
  'user_profile_id',
  'workspace_id',
]);

/** Fields that a beta header opens, by the start of its value. */
const betaFields: Readonly<Record<string, string>> = { context_management: 'context-management' };

const toolName = /^[a-zA-Z0-9_-]{1,128}$/;
const leastBudget = 1024;

/** The header that Anthropic demands on every request. */
export function checkMessagesHeaders(facts: VendorFacts, request: RequestFacts): Problem | null {
  if (!facts.messages.strict || request.headers['anthropic-version'] !== undefined) return null;
  return { kind: 'invalid', message: 'anthropic-version: header is required' };
}

/** Reads a Messages request as the vendor would, with the vendor's checks. */
export function readMessages(facts: VendorFacts, body: JsonObject, request: RequestFacts): Reading {
  if (typeof body['model'] !== 'string') return refuse('invalid', 'model: Field required');
  if (!request.isCount && !isPositiveInteger(body['max_tokens'])) {
    const isMissing = body['max_tokens'] === undefined;
    const text = isMissing ? 'Field required' : 'Input should be greater than or equal to 1';
    return refuse('invalid', `max_tokens: ${text}`);
  }
  const checked = checkShape(body['messages']);
  if (!checked.ok) return checked;
  const messages = checked.value;
  const parts: MessagesParts = { body, messages, thinking: isThinking(facts, body), request };
  const refusal =
    checkFields(facts, body, request) ??
    checkSystemTurns(messages, facts.messages.strict) ??
    checkTools(body) ??
    checkImages(facts, messages) ??
    checkToolPairs(messages) ??
    checkByVendor(facts, parts);
  return refusal ?? { ok: true, ask: toAsk(facts, parts) };
}

interface MessagesParts {
  readonly body: JsonObject;
  readonly messages: readonly CheckedMessage[];
  readonly thinking: boolean;
  readonly request: RequestFacts;
}

function isThinking(facts: VendorFacts, body: JsonObject): boolean {
  const type = toObject(body['thinking'])['type'];
  return typeof type === 'string' ? type !== 'disabled' : facts.messages.thinkingDefault;
}

type Shape = { readonly ok: true; readonly value: readonly CheckedMessage[] } | Refusal;

function checkShape(value: unknown): Shape {
  if (value === undefined) return refuse('invalid', 'messages: Field required');
  if (!Array.isArray(value)) return refuse('invalid', 'messages: Input should be a valid list');
  if (value.length === 0) return refuse('invalid', 'messages: at least one message is required');
  const messages: CheckedMessage[] = [];
  for (const [index, entry] of value.entries()) {
    const { role, content } = toObject(entry);
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      const text = `messages.${index}.role: Input should be 'user' or 'assistant'`;
      return refuse('invalid', isObject(entry) ? text : `messages.${index}: Input should be an object`);
    }
    if (typeof content !== 'string' && !Array.isArray(content)) {
      return refuse('invalid', `messages.${index}.content: Field required`);
    }
    messages.push({ role, blocks: toBlocks(content) });
  }
  if (messages[0]?.role !== 'user') {
    return refuse('invalid', 'messages: first message must use the "user" role');
  }
  return { ok: true, value: messages };
}

function checkFields(facts: VendorFacts, body: JsonObject, request: RequestFacts): Refusal | null {
  const betas = String(request.headers['anthropic-beta'] ?? '');
  for (const name of facts.messages.strict ? Object.keys(body) : []) {
    const beta = betaFields[name];
    const isKnown = beta === undefined ? knownFields.has(name) : betas.includes(beta);
    if (!isKnown) return refuse('invalid', `${name}: Extra inputs are not permitted`);
  }
  for (const name of ['temperature', 'top_p']) {
    const value = body[name];
    if (value === undefined) continue;
    if (typeof value !== 'number') return refuse('invalid', `${name}: Input should be a valid number`);
    if (value < 0 || value > 1) return refuse('invalid', `${name}: range: 0..1`);
  }
  for (const [index, stop] of toList(body['stop_sequences']).entries()) {
    if (typeof stop !== 'string' || stop.trim() === '') {
      const text = `stop_sequences.${index}: each stop sequence must contain non-whitespace`;
      return refuse('invalid', text);
    }
  }
  return null;
}

function checkTools(body: JsonObject): Refusal | null {
  const names = new Set<string>();
  for (const [index, tool] of toList(body['tools']).entries()) {
    const name = toText(toObject(tool)['name']);
    if (!toolName.test(name)) {
      const text = `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`;
      return refuse('invalid', text);
    }
    if (names.has(name)) return refuse('invalid', 'tools: Tool names must be unique.');
    names.add(name);
  }
  const { type, name } = toObject(body['tool_choice']);
  if (type === 'tool' && !names.has(toText(name))) {
    return refuse('invalid', `Tool '${toText(name)}' not found in provided tools`);
  }
  if (type !== undefined && names.size === 0) {
    return refuse('invalid', 'tool_choice may only be specified while providing tools');
  }
  return null;
}

function checkImages(facts: VendorFacts, messages: readonly CheckedMessage[]): Refusal | null {
  if (facts.messages.images) return null;
  const hasImage = messages.some((message) => message.blocks.some((block) => block['type'] === 'image'));
  return hasImage
    ? refuse('invalid', 'Failed to deserialize the JSON body: content type `image` is not supported')
    : null;
}

function isForced(body: JsonObject): boolean {
  const { type } = toObject(body['tool_choice']);
  return type === 'any' || type === 'tool';
}

function checkByVendor(facts: VendorFacts, parts: MessagesParts): Refusal | null {
  const { body, messages, thinking } = parts;
  if (facts.messages.strict) return checkStrictly(parts);
  if (thinking && facts.messages.forcedToolChoice === 'refused-when-thinking' && isForced(body)) {
    const text =
      facts.vendor === 'qwen'
        ? '<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode'
        : 'Thinking mode does not support this tool_choice';
    return refuse('invalid', text);
  }
  return thinking && facts.messages.replayThinking ? checkReplayedThinking(messages) : null;
}

/** What Anthropic itself checks and the compatible endpoints do not. */
function checkStrictly({ body, messages, thinking, request }: MessagesParts): Refusal | null {
  const marked = [
    ...toList(body['tools']).map(toObject),
    ...toBlocks(body['system']),
    ...messages.flatMap((message) => message.blocks),
  ];
  const { type, budget_tokens: budget } = toObject(body['thinking']);
  if (type === 'enabled') {
    if (!isPositiveInteger(budget) || budget < leastBudget) {
      const text = `thinking.enabled.budget_tokens: Input should be greater than or equal to ${leastBudget}`;
      return refuse('invalid', text);
    }
    if (isPositiveInteger(body['max_tokens']) && body['max_tokens'] <= budget) {
      return refuse('invalid', '`max_tokens` must be greater than `thinking.budget_tokens`.');
    }
  }
  if (thinking && isForced(body)) {
    return refuse('invalid', 'Thinking may not be enabled when tool_choice forces tool use.');
  }
  if (thinking && typeof body['temperature'] === 'number' && body['temperature'] !== 1) {
    return refuse('invalid', '`temperature` may only be set to 1 when thinking is enabled.');
  }
  if (messages.at(-1)?.role === 'assistant') {
    const text =
      'This model does not support assistant message prefill. The conversation must end with a user message.';
    return refuse('invalid', text);
  }
  return (
    checkBreakpoints(marked) ??
    checkBlocks(messages, request.signatureSeed) ??
    (type === 'enabled' ? checkLoopThinking(messages) : null)
  );
}

function toTools(body: JsonObject): readonly AskTool[] {
  return toList(body['tools']).flatMap((entry) => {
    const tool = toObject(entry);
    // Server tools have no schema and are never called by this rule.
    const isCallable = isObject(tool['input_schema']);
    return isCallable ? [{ name: toText(tool['name']), schema: tool['input_schema'] }] : [];
  });
}

function toToolChoice(body: JsonObject): Ask['toolChoice'] {
  const { type, name } = toObject(body['tool_choice']);
  if (type === 'tool') return { name: toText(name) };
  if (type === 'any') return 'any';
  return type === 'none' ? 'none' : 'auto';
}

function toJsonSchema(body: JsonObject): unknown {
  const { type, schema } = toObject(toObject(body['output_config'])['format']);
  return type === 'json_schema' ? (schema ?? null) : undefined;
}

function toAsk(facts: VendorFacts, { body, messages, thinking }: MessagesParts): Ask {
  return {
    dialect: 'anthropic-messages',
    raw: body,
    model: toText(body['model']),
    stream: body['stream'] === true,
    ...toPrompt(body, messages),
    cacheScope: facts.vendor === 'deepseek' ? toText(toObject(body['metadata'])['user_id']) : '',
    tools: toTools(body),
    toolChoice: toToolChoice(body),
    parallelTools: toObject(body['tool_choice'])['disable_parallel_tool_use'] !== true,
    maxTokens: isPositiveInteger(body['max_tokens']) ? body['max_tokens'] : null,
    stops: toList(body['stop_sequences']).map(toText),
    jsonSchema: toJsonSchema(body),
    thinking,
    hiddenThinking: false,
    choices: 1,
  };
}
