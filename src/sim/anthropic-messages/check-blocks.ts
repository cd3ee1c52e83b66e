import { isObject, type JsonObject, toList, toObject, toText } from '../json.ts';
import { type Problem, refuse } from '../problem.ts';
import { signThinking } from './thinking-signature.ts';

type Refusal = { ok: false; problem: Problem };

/** One message after its shape was checked: content is always a list of blocks. */
export interface CheckedMessage {
  readonly role: string;
  readonly blocks: readonly JsonObject[];
}

/** Breakpoints that one request may set. */
const mostBreakpoints = 4;
const toolId = /^[a-zA-Z0-9_-]+$/;

/** Content as blocks: a string is one text block. */
export function toBlocks(content: unknown): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : toList(content).map(toObject);
}

function isThinkingBlock(block: JsonObject | undefined): boolean {
  return block?.['type'] === 'thinking' || block?.['type'] === 'redacted_thinking';
}

/** Checks each block by itself: empty texts, tool ids, signatures. */
export function checkBlocks(messages: readonly CheckedMessage[], signatureSeed: number): Refusal | null {
  for (const [index, message] of messages.entries()) {
    for (const [position, block] of message.blocks.entries()) {
      const refusal = checkBlock(block, `messages.${index}.content.${position}`, signatureSeed);
      if (refusal !== null) return refusal;
    }
  }
  return null;
}

function checkBlock(block: JsonObject, place: string, signatureSeed: number): Refusal | null {
  const { type } = block;
  if (typeof type !== 'string') return refuse('invalid', `${place}.type: Field required`);
  if (type === 'text' && toText(block['text']) === '') {
    return refuse('invalid', 'messages: text content blocks must be non-empty');
  }
  if (type === 'tool_use' && !toolId.test(toText(block['id']))) {
    const message = `${place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`;
    return refuse('invalid', message);
  }
  if (type === 'tool_use' && !isObject(block['input'])) {
    return refuse('invalid', `${place}.tool_use.input: Input should be a valid dictionary`);
  }
  if (type === 'thinking') {
    const expected = signThinking(toText(block['thinking']), signatureSeed);
    const isOurs = block['signature'] === expected;
    return isOurs ? null : refuse('invalid', `${place}: Invalid \`signature\` in \`thinking\` block`);
  }
  // The simulators never redact, so that such a block is always foreign.
  if (type === 'redacted_thinking') {
    return refuse('invalid', `${place}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
  return null;
}

function listIds(message: CheckedMessage | undefined, type: string, field: string): readonly string[] {
  return (message?.blocks ?? [])
    .filter((block) => block['type'] === type)
    .map((block) => toText(block[field]));
}

/**
 * Tool results must follow their calls at once and come first in the user message; every result needs
 * its call.
 */
export function checkToolPairs(messages: readonly CheckedMessage[]): Refusal | null {
  for (const [index, message] of messages.entries()) {
    if (message.role === 'assistant') {
      const next = messages[index + 1];
      const leading = next?.blocks.findIndex((block) => block['type'] !== 'tool_result') ?? 0;
      const first = leading < 0 ? next?.blocks : next?.blocks.slice(0, leading);
      const answered = listIds({ role: 'user', blocks: first ?? [] }, 'tool_result', 'tool_use_id');
      const open = listIds(message, 'tool_use', 'id').filter((id) => !answered.includes(id));
      if (open.length > 0) {
        const text =
          `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately ` +
          `after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding ` +
          '`tool_result` block in the next message.';
        return refuse('invalid', text);
      }
      continue;
    }
    const called = listIds(messages[index - 1], 'tool_use', 'id');
    const results = listIds(message, 'tool_result', 'tool_use_id');
    const stray = results.find((id) => !called.includes(id));
    if (stray !== undefined) {
      const position = message.blocks.findIndex((block) => block['tool_use_id'] === stray);
      const text =
        `messages.${index}.content.${position}: unexpected \`tool_use_id\` found in \`tool_result\` ` +
        `blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block ` +
        'in the previous message.';
      return refuse('invalid', text);
    }
  }
  return null;
}

/** With thinking on, the assistant turn of a running tool loop must begin with its thinking block. */
export function checkLoopThinking(messages: readonly CheckedMessage[]): Refusal | null {
  const hasResults = messages.at(-1)?.blocks.some((block) => block['type'] === 'tool_result') === true;
  const index = messages.findLastIndex((message) => message.role === 'assistant');
  const first = messages[index]?.blocks[0];
  if (!hasResults || index < 0 || isThinkingBlock(first)) return null;
  const found = toText(first?.['type']);
  const text =
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
    `\`${found}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking ` +
    'block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include ' +
    'thinking blocks from previous turns. To avoid this requirement, disable `thinking`.';
  return refuse('invalid', text);
}

/** DeepSeek's rule: once a tool was called, every assistant turn comes back with its thinking. */
export function checkReplayedThinking(messages: readonly CheckedMessage[]): Refusal | null {
  const assistants = messages.filter((message) => message.role === 'assistant');
  const hasCalls = assistants.some((message) => message.blocks.some((block) => block['type'] === 'tool_use'));
  const isLost = assistants.some((message) => !message.blocks.some(isThinkingBlock));
  if (!hasCalls || !isLost) return null;
  return refuse('invalid', 'The `content[].thinking` in the thinking mode must be passed back to the API.');
}

/** A system message inside the conversation: only after a user turn, and last or before an assistant turn. */
export function checkSystemTurns(messages: readonly CheckedMessage[], isAllowed: boolean): Refusal | null {
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'system') continue;
    if (!isAllowed) {
      return refuse('invalid', `messages.${index}: role 'system' is not supported on this model`);
    }
    const next = messages[index + 1];
    const isPlaced =
      messages[index - 1]?.role === 'user' && (next === undefined || next.role === 'assistant');
    if (!isPlaced) {
      const text = `messages.${index}: role 'system' must directly follow a user turn and be last or precede an assistant turn`;
      return refuse('invalid', text);
    }
  }
  return null;
}

/** Counts cache_control over tools, system and messages. */
export function checkBreakpoints(blocks: readonly JsonObject[]): Refusal | null {
  const found = blocks.filter((block) => toObject(block['cache_control'])['type'] === 'ephemeral').length;
  if (found <= mostBreakpoints) return null;
  const text = `A maximum of ${mostBreakpoints} blocks with cache_control may be provided. Found ${found}.`;
  return refuse('invalid', text);
}
