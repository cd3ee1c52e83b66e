import type { Ask, AskTool, Reading } from '../ask.ts';
import { isObject, isPositiveInteger, type JsonObject, toList, toObject, toText } from '../json.ts';
import { type Problem, refuse } from '../problem.ts';
import type { VendorFacts } from '../vendors.ts';
import { checkMessages, toContentText } from './check-messages.ts';
import { toPrompt } from './to-prompt.ts';

type Refusal = { ok: false; problem: Problem };

const toolName = /^[a-zA-Z0-9_-]{1,64}$/;

/** Reads a Chat Completions request as the vendor would, with the vendor's checks. */
export function readChat(facts: VendorFacts, body: JsonObject): Reading {
  if (typeof body['model'] !== 'string') {
    return refuse('invalid', 'you must provide a model parameter', 'model');
  }
  const messages = checkMessages(facts, body['messages']);
  if (!messages.ok) return messages;
  const thinking = isThinking(facts, body);
  const refusal =
    checkParameters(facts, body) ??
    checkTools(body) ??
    checkThinking(facts, { body, messages: messages.value, thinking }) ??
    checkJson(facts, { body, messages: messages.value, thinking });
  if (refusal !== null) return refusal;
  return { ok: true, ask: toAsk(facts, { body, messages: messages.value, thinking }) };
}

interface ChatParts {
  readonly body: JsonObject;
  readonly messages: readonly JsonObject[];
  readonly thinking: boolean;
}

function isThinking(facts: VendorFacts, body: JsonObject): boolean {
  const { thinkingField, thinkingDefault } = facts.chat;
  if (thinkingField === null) return false;
  if (thinkingField === 'enable_thinking') {
    return typeof body['enable_thinking'] === 'boolean' ? body['enable_thinking'] : thinkingDefault;
  }
  const type = toObject(body['thinking'])['type'];
  return typeof type === 'string' ? type !== 'disabled' : thinkingDefault;
}

function checkNumber(
  body: JsonObject,
  rule: { readonly name: string; readonly low: number; readonly high: number },
): Refusal | null {
  const value = body[rule.name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number') {
    return refuse('invalid', `Invalid type for '${rule.name}': expected a number.`, rule.name);
  }
  if (value >= rule.low && value <= rule.high) return null;
  const message = `Invalid '${rule.name}': expected a value between ${rule.low} and ${rule.high}, but got ${value} instead.`;
  return refuse('invalid', message, rule.name);
}

function checkParameters(facts: VendorFacts, body: JsonObject): Refusal | null {
  for (const name of ['max_tokens', 'max_completion_tokens']) {
    const value = body[name];
    if (value !== undefined && value !== null && !isPositiveInteger(value)) {
      return refuse(
        'invalid',
        `Invalid '${name}': integer below minimum value. Expected a value >= 1.`,
        name,
      );
    }
  }
  if (facts.vendor === 'openai' && isPositiveInteger(body['max_tokens'])) {
    if (isPositiveInteger(body['max_completion_tokens'])) {
      const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
      return refuse('invalid', message, 'max_tokens');
    }
  }
  if (isObject(body['stream_options']) && body['stream'] !== true && facts.vendor !== 'glm') {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    return refuse('invalid', message, 'stream_options');
  }
  if (body['stop'] !== undefined && body['stop'] !== null && toStops(body) === null) {
    return refuse('invalid', "Invalid type for 'stop': expected a string or at most 16 strings.", 'stop');
  }
  if (facts.vendor === 'openai' && (toStops(body)?.length ?? 0) > 4) {
    return refuse(
      'invalid',
      "Invalid 'stop': array too long. Expected an array with maximum length 4.",
      'stop',
    );
  }
  const choices = checkNumber(body, { name: 'n', low: 1, high: facts.chat.maxChoices });
  return (
    checkNumber(body, { name: 'temperature', low: 0, high: 2 }) ??
    checkNumber(body, { name: 'top_p', low: 0, high: 1 }) ??
    checkNumber(body, { name: 'top_logprobs', low: 0, high: 20 }) ??
    (facts.chat.maxChoices === 1 ? null : choices)
  );
}

function checkTools(body: JsonObject): Refusal | null {
  if (body['tools'] !== undefined && body['tools'] !== null && !Array.isArray(body['tools'])) {
    return refuse('invalid', "Invalid type for 'tools': expected an array of objects.", 'tools');
  }
  for (const [index, tool] of toList(body['tools']).entries()) {
    const name = toObject(toObject(tool)['function'])['name'];
    if (toObject(tool)['type'] === 'function' && !(typeof name === 'string' && toolName.test(name))) {
      const param = `tools[${index}].function.name`;
      const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
      return refuse('invalid', message, param);
    }
  }
  const named = toNamedChoice(body['tool_choice']);
  if (named !== null && !toTools(body).some((tool) => tool.name === named)) {
    return refuse(
      'invalid',
      `Invalid value for 'tool_choice': '${named}' is not one of the tools.`,
      'tool_choice',
    );
  }
  return null;
}

function toNamedChoice(choice: unknown): string | null {
  const name = toObject(toObject(choice)['function'])['name'];
  return typeof name === 'string' ? name : null;
}

function isForced(body: JsonObject): boolean {
  return body['tool_choice'] === 'required' || toNamedChoice(body['tool_choice']) !== null;
}

const forcedWhileThinking = {
  deepseek: 'Thinking mode does not support this tool_choice',
  qwen: '<400> InternalError.Algo.InvalidParameter: The tool_choice parameter does not support being set to required or object in thinking mode',
} as const;

function checkThinking(facts: VendorFacts, { body, messages, thinking }: ChatParts): Refusal | null {
  if (!thinking) return null;
  if (facts.chat.forcedToolChoice === 'refused-when-thinking' && isForced(body)) {
    return refuse('invalid', forcedWhileThinking[facts.vendor === 'qwen' ? 'qwen' : 'deepseek']);
  }
  if (
    facts.chat.logprobs === 'refused-when-thinking' &&
    (body['logprobs'] === true || body['top_logprobs'])
  ) {
    return refuse('invalid', 'Thinking mode does not support logprobs and top_logprobs');
  }
  const assistants = messages.filter((message) => message['role'] === 'assistant');
  const hasCalls = assistants.some((message) => toList(message['tool_calls']).length > 0);
  // An empty text passes: what matters to the vendor is that the field is there.
  const isLost = assistants.some((message) => typeof message['reasoning_content'] !== 'string');
  if (facts.chat.replayReasoning && hasCalls && isLost) {
    return refuse('invalid', 'The `reasoning_content` in the thinking mode must be passed back to the API.');
  }
  return null;
}

function checkJson(facts: VendorFacts, { body, messages, thinking }: ChatParts): Refusal | null {
  const format = toObject(body['response_format']);
  const type = format['type'];
  if (type === undefined || type === 'text') return null;
  if (type !== 'json_object' && type !== 'json_schema') {
    return refuse('invalid', "Invalid value for 'response_format.type'.", 'response_format.type');
  }
  if (!facts.chat.jsonWhileThinking && thinking) {
    const message =
      '<400> InternalError.Algo.InvalidParameter: Json mode response is not supported when enable_thinking is true';
    return refuse('invalid', message);
  }
  if (type === 'json_schema') {
    if (facts.chat.jsonSchema === 'refused') {
      return refuse('invalid', 'This response_format type is unavailable now');
    }
    if (facts.chat.jsonSchema === 'accepted' && !isObject(toObject(format['json_schema'])['schema'])) {
      const param = 'response_format.json_schema';
      return refuse('invalid', `Missing required parameter: '${param}.schema'.`, param);
    }
    return null;
  }
  const hasWord = messages.some((message) => /json/i.test(toContentText(message['content'])));
  if (!facts.chat.jsonWord || hasWord) return null;
  const message =
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
  return refuse('invalid', message, 'messages');
}

function toStops(body: JsonObject): readonly string[] | null {
  const stop = body['stop'];
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop) || stop.length > 16) return stop === undefined || stop === null ? [] : null;
  return stop.every((entry) => typeof entry === 'string') ? stop : null;
}

function toTools(body: JsonObject): readonly AskTool[] {
  return toList(body['tools']).flatMap((tool) => {
    const declared = toObject(toObject(tool)['function']);
    const name = toText(declared['name']);
    return name === '' ? [] : [{ name, schema: declared['parameters'] }];
  });
}

function toToolChoice(facts: VendorFacts, body: JsonObject): Ask['toolChoice'] {
  if (facts.chat.forcedToolChoice === 'ignored') return 'auto';
  const named = toNamedChoice(body['tool_choice']);
  if (named !== null) return { name: named };
  if (body['tool_choice'] === 'required') return 'any';
  return body['tool_choice'] === 'none' ? 'none' : 'auto';
}

function toMaxTokens(facts: VendorFacts, body: JsonObject): number | null {
  const isNewField = facts.vendor === 'openai' || facts.vendor === 'anthropic';
  if (isNewField && isPositiveInteger(body['max_completion_tokens'])) return body['max_completion_tokens'];
  return isPositiveInteger(body['max_tokens']) ? body['max_tokens'] : null;
}

function toJsonSchema(facts: VendorFacts, body: JsonObject): unknown {
  const format = toObject(body['response_format']);
  if (format['type'] === 'json_object') return null;
  if (format['type'] !== 'json_schema') return undefined;
  return facts.chat.jsonSchema === 'accepted' ? toObject(format['json_schema'])['schema'] : null;
}

function toAsk(facts: VendorFacts, { body, messages, thinking }: ChatParts): Ask {
  const { prompt, lastUserText, toolResults, imageCount } = toPrompt(messages, body['tools']);
  const effort = body['reasoning_effort'];
  return {
    dialect: 'openai-chat',
    raw: body,
    model: toText(body['model']),
    stream: body['stream'] === true,
    prompt,
    cacheScope: facts.vendor === 'deepseek' ? toText(body['user_id']) : '',
    lastUserText,
    toolResults,
    imageCount,
    tools: toTools(body),
    toolChoice: toToolChoice(facts, body),
    parallelTools: body['parallel_tool_calls'] !== false,
    maxTokens: toMaxTokens(facts, body),
    stops: toStops(body) ?? [],
    jsonSchema: toJsonSchema(facts, body),
    thinking,
    hiddenThinking: facts.vendor === 'openai' && typeof effort === 'string' && effort !== 'none',
    choices: facts.chat.maxChoices > 1 && isPositiveInteger(body['n']) ? body['n'] : 1,
  };
}
