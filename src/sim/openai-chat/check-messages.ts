import { isObject, type JsonObject, toList, toObject, toText } from '../json.ts';
import { type Problem, refuse } from '../problem.ts';
import type { VendorFacts } from '../vendors.ts';

type Checked = { readonly ok: true; readonly value: readonly JsonObject[] } | { ok: false; problem: Problem };

/** The text of a message's content: a string, or its text parts one after the other. */
export function toContentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return toList(content)
    .map((part) => toText(toObject(part)['text']))
    .join('');
}

/** Checks the list of messages by the vendor's rules: roles, content, and that tool calls and results pair up. */
export function checkMessages(facts: VendorFacts, value: unknown): Checked {
  if (!Array.isArray(value)) {
    return refuse('invalid', "Invalid type for 'messages': expected an array of objects.", 'messages');
  }
  if (value.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.";
    return refuse('invalid', message, 'messages');
  }
  const messages: JsonObject[] = [];
  for (const [index, entry] of value.entries()) {
    const param = `messages[${index}]`;
    if (!isObject(entry)) return refuse('invalid', `Invalid type for '${param}': expected an object.`, param);
    const problem = checkMessage(facts, entry, param);
    if (problem !== null) return problem;
    messages.push(entry);
  }
  if (facts.vendor === 'glm') {
    const hasUser = messages.some((message) => message['role'] === 'user');
    return hasUser ? { ok: true, value: messages } : refuse('invalid', 'messages 参数非法。请检查文档。');
  }
  return checkPairs(messages) ?? { ok: true, value: messages };
}

type Refusal = { ok: false; problem: Problem };

function checkMessage(facts: VendorFacts, message: JsonObject, param: string): Refusal | null {
  const role = message['role'];
  if (typeof role !== 'string' || !facts.chat.roles.includes(role)) {
    return refuseRole(facts, { role: String(role), param });
  }
  const { content } = message as { content?: unknown };
  const isListed = typeof content === 'string' || Array.isArray(content);
  const mayBeNull = role === 'assistant' && (content === null || content === undefined);
  if (!isListed && !mayBeNull) {
    const name = `${param}.content`;
    return refuse(
      'invalid',
      `Invalid type for '${name}': expected one of a string or array of objects.`,
      name,
    );
  }
  if (role === 'assistant' && mayBeNull && toList(message['tool_calls']).length === 0) {
    const text = toText(message['reasoning_content']) + toText(message['refusal']);
    if (text === '' && message['function_call'] === undefined) {
      return refuse('invalid', `Invalid value for '${param}.content': expected a string, got null.`, param);
    }
  }
  return checkParts(facts, content, param);
}

function refuseRole(facts: VendorFacts, at: { readonly role: string; readonly param: string }): Refusal {
  const known = facts.chat.roles;
  if (facts.vendor === 'deepseek') {
    const listed = known.map((role) => `\`${role}\``).join(', ');
    const message = `Failed to deserialize the JSON body into the target type: ${at.param}.role: unknown variant \`${at.role}\`, expected one of ${listed}`;
    return refuse('unprocessable', message);
  }
  if (facts.vendor === 'glm') return refuse('invalid', '角色信息不正确');
  if (facts.vendor === 'qwen') {
    const message = `<400> InternalError.Algo.InvalidParameter: ${at.role} is not one of ['${known.join("', '")}'] - '${at.param}.role'`;
    return refuse('invalid', message);
  }
  const listed = known.map((role) => `'${role}'`).join(', ');
  return refuse(
    'invalid',
    `Invalid value: '${at.role}'. Supported values are: ${listed}.`,
    `${at.param}.role`,
  );
}

function checkParts(facts: VendorFacts, content: unknown, param: string): Refusal | null {
  for (const [index, part] of toList(content).entries()) {
    const type = toObject(part)['type'];
    const name = `${param}.content[${index}]`;
    if (typeof type !== 'string') {
      return refuse('invalid', `Missing required parameter: '${name}.type'.`, name);
    }
    if (type === 'text' || facts.chat.images) continue;
    const message = `Failed to deserialize the JSON body into the target type: ${param}: unknown variant \`${type}\`, expected \`text\``;
    return refuse('invalid', message);
  }
  return null;
}

/** Every tool call must be answered right after its message, and every tool message must answer one. */
function checkPairs(messages: readonly JsonObject[]): Refusal | null {
  let open = new Set<string>();
  let mayAnswer = false;
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      if (!mayAnswer) {
        const text = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'.";
        return refuse('invalid', `Invalid parameter: ${text}`, `messages.[${index}].role`);
      }
      open.delete(toText(message['tool_call_id']));
      continue;
    }
    if (open.size > 0) return refuseOpenCalls(open, index);
    const calls = toList(message['tool_calls']);
    open = new Set(calls.map((call) => toText(toObject(call)['id'])));
    mayAnswer = calls.length > 0;
  }
  return open.size > 0 ? refuseOpenCalls(open, messages.length) : null;
}

function refuseOpenCalls(open: ReadonlySet<string>, index: number): Refusal {
  const message =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
    `'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`;
  return refuse('invalid', message, `messages.[${index}].role`);
}
