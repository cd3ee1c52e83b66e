import type { Ask, PromptPart } from '../ask.ts';
import { type JsonObject, toList, toObject, toText } from '../json.ts';
import { countImageTokens } from '../tokens.ts';
import { type CheckedMessage, toBlocks } from './check-blocks.ts';

/** Tokens of a message's or tool's frame. */
const frameTokens = 4;

function isMarked(block: JsonObject): boolean {
  return toObject(block['cache_control'])['type'] === 'ephemeral';
}

/** The block without its cache_control: moving the mark must not change the prefix. */
function toBlockText(block: JsonObject): string {
  if (block['type'] === 'text') return toText(block['text']);
  const { cache_control: _mark, ...rest } = block;
  if (block['type'] === 'image' || block['type'] === 'document') return `[${toText(block['type'])}]`;
  return JSON.stringify(rest);
}

function countImages(blocks: readonly JsonObject[]): number {
  let count = 0;
  for (const block of blocks) {
    if (block['type'] === 'image') count += 1;
    if (block['type'] === 'tool_result') count += countImages(toBlocks(block['content']));
  }
  return count;
}

function toPart(block: JsonObject, role: string, isFirst: boolean): PromptPart {
  return {
    text: isFirst ? `${role}: ${toBlockText(block)}` : toBlockText(block),
    extraTokens: countImages([block]) * countImageTokens(null) + (isFirst ? frameTokens : 0),
    isBreakpoint: isMarked(block),
  };
}

function toResultText(content: unknown): string {
  return toBlocks(content)
    .map((block) => toText(block['text']))
    .join('');
}

function toLastUserText(messages: readonly CheckedMessage[]): string {
  const isSpoken = (message: CheckedMessage): boolean =>
    message.role === 'user' && message.blocks.some((block) => block['type'] === 'text');
  const blocks = messages.findLast(isSpoken)?.blocks ?? [];
  return blocks.map((block) => (block['type'] === 'text' ? toText(block['text']) : '')).join('');
}

/** The prompt as a model reads it (tools, system, messages), and what the answer's rules look at. */
export function toPrompt(
  body: JsonObject,
  messages: readonly CheckedMessage[],
): Pick<Ask, 'prompt' | 'lastUserText' | 'toolResults' | 'imageCount'> {
  const parts: PromptPart[] = [];
  for (const tool of toList(body['tools'])) parts.push(toPart(toObject(tool), 'tool', true));
  for (const [index, block] of toBlocks(body['system']).entries()) {
    parts.push(toPart(block, 'system', index === 0));
  }
  const callNames = new Map<string, string>();
  for (const message of messages) {
    for (const [index, block] of message.blocks.entries()) {
      parts.push(toPart(block, message.role, index === 0));
      if (block['type'] === 'tool_use') callNames.set(toText(block['id']), toText(block['name']));
    }
  }
  const last = parts.at(-1);
  // Automatic caching: a mark on the request itself stands for its last block.
  if (isMarked(body) && last !== undefined) parts[parts.length - 1] = { ...last, isBreakpoint: true };
  const results = (messages.findLast((message) => message.role !== 'system')?.blocks ?? []).filter(
    (block) => block['type'] === 'tool_result',
  );
  return {
    prompt: parts,
    lastUserText: toLastUserText(messages),
    toolResults: results.map((block) => ({
      name: callNames.get(toText(block['tool_use_id'])) ?? 'tool',
      text: toResultText(block['content']),
    })),
    imageCount: messages.reduce((sum, message) => sum + countImages(message.blocks), 0),
  };
}
