import type { Ask, PromptPart } from '../ask.ts';
import { type JsonObject, toList, toObject, toText } from '../json.ts';
import { countImageTokens } from '../tokens.ts';
import { toContentText } from './check-messages.ts';

/** Tokens of a message's frame (role and separators), as OpenAI's counting guide gives it. */
const frameTokens = 4;

function countImages(content: unknown): { count: number; tokens: number } {
  let count = 0;
  let tokens = 0;
  for (const part of toList(content)) {
    const { type, image_url: image } = toObject(part);
    if (type !== 'image_url') continue;
    const detail = toObject(image)['detail'];
    count += 1;
    tokens += countImageTokens(typeof detail === 'string' ? detail : null);
  }
  return { count, tokens };
}

function toPart(message: JsonObject): PromptPart {
  const calls = toList(message['tool_calls']);
  const reasoning = toText(message['reasoning_content']);
  const text = `${toText(message['role'])}: ${toContentText(message['content'])}${calls.length > 0 ? JSON.stringify(calls) : ''}`;
  const images = countImages(message['content']);
  return { text: text + reasoning, extraTokens: images.tokens + frameTokens, isBreakpoint: false };
}

/** The messages as a model reads them, and what the answer's rules look at. */
export function toPrompt(
  messages: readonly JsonObject[],
  tools: unknown,
): Pick<Ask, 'prompt' | 'lastUserText' | 'toolResults' | 'imageCount'> {
  const declared = toList(tools).map((tool) => ({
    text: JSON.stringify(tool),
    extraTokens: frameTokens,
    isBreakpoint: false,
  }));
  const lastUser = messages.findLast((message) => message['role'] === 'user');
  const firstResult = messages.findLastIndex((message) => message['role'] !== 'tool') + 1;
  const callNames = new Map<string, string>();
  for (const message of messages) {
    for (const call of toList(message['tool_calls'])) {
      const { id, function: called } = toObject(call);
      callNames.set(toText(id), toText(toObject(called)['name']));
    }
  }
  return {
    prompt: [...declared, ...messages.map(toPart)],
    lastUserText: toContentText(lastUser?.['content']),
    toolResults: messages.slice(firstResult).map((message) => ({
      name: callNames.get(toText(message['tool_call_id'])) ?? 'tool',
      text: toContentText(message['content']),
    })),
    imageCount: messages.reduce((sum, message) => sum + countImages(message['content']).count, 0),
  };
}
