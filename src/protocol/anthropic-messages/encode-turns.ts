import {
  type EncodeContext,
  isSystem,
  joinText,
  type JsonObject,
  keepExtras,
  mergeTurns,
  noFields,
  parseArguments,
  type Part,
  toReferenceText,
  toReminder,
  toTextPart,
  toUsableDocument,
  toUsableImage,
  toWordId,
  type Turn,
} from '../neutral/index.ts';

function toWireId(context: EncodeContext, id: string): string {
  return context.isSame ? id : toWordId(id);
}

function encodeSource(source: Extract<Part, { type: 'document' }>['source']): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return { type: 'file', file_id: source.id };
    case 'text':
    default:
      return { type: 'text', media_type: 'text/plain', data: source.text };
  }
}

function encodeCall(context: EncodeContext, part: Extract<Part, { type: 'tool-call' }>): JsonObject {
  const { input, exact } =
    part.input === null ? parseArguments(part.argumentsText) : { input: part.input, exact: true };
  if (!exact) context.loss.add('tool-arguments', 'messages[].tool_calls[].function.arguments');
  context.size.chars += part.argumentsText.length;
  return {
    ...keepExtras(context, part.extras, 'messages[].tool_calls[].'),
    type: 'tool_use',
    id: toWireId(context, part.id),
    name: context.names.toWire(part.name),
    input,
  };
}

/**
 * A thought as a block: signed by its vendor, or for hosts that do not look. Null when it cannot be shown.
 */
function encodeThinking(
  context: EncodeContext,
  part: Extract<Part, { type: 'reasoning' }>,
): JsonObject | null {
  const { isSame, target, loss } = context;
  const extras = keepExtras(context, part.extras, 'messages[].');
  if (part.redacted !== null) return { ...extras, type: 'redacted_thinking', data: part.redacted };
  if (!isSame && target.signatures === 'verified' && part.signature === null) {
    loss.add('reasoning-dropped', 'messages[].reasoning_content');
    return null;
  }
  const isUnsigned = isSame && part.signature === null;
  return {
    ...extras,
    type: 'thinking',
    thinking: part.text,
    ...(isUnsigned ? {} : { signature: part.signature ?? '' }),
  };
}

function encodeResult(context: EncodeContext, part: Extract<Part, { type: 'tool-result' }>): JsonObject {
  const inner = encodeBlocks(context, part.parts, 'messages[].content[].');
  const first = inner[0];
  const isText = inner.length === 1 && first?.['type'] === 'text' && Object.keys(first).length === 2;
  const content = part.plain && isText ? first['text'] : inner;
  const isEmpty = inner.length === 0;
  return {
    ...keepExtras(context, part.extras, 'messages[].'),
    type: 'tool_result',
    tool_use_id: toWireId(context, part.callId),
    ...(isEmpty && part.plain ? {} : { content }),
    ...(part.isError === null ? {} : { is_error: part.isError }),
  };
}

function encodeBlock(context: EncodeContext, part: Part, place: string): JsonObject | null {
  switch (part.type) {
    case 'text':
      // Anthropic refuses empty text blocks.
      if (part.text === '' && !context.isSame) return null;
      context.size.chars += part.text.length;
      return { ...keepExtras(context, part.extras, place), type: 'text', text: part.text };
    case 'image': {
      const usable = toUsableImage(context, part, `${place}image_url`);
      if (usable.type === 'text') return { type: 'text', text: usable.text };
      if (usable.detail !== null) context.loss.add('image-detail', `${place}image_url.detail`);
      const extras = keepExtras(context, part.extras, place);
      return { ...extras, type: 'image', source: encodeSource(usable.source) };
    }
    case 'document': {
      const usable = toUsableDocument(context, part, `${place}file`);
      if (usable.type === 'text') return { type: 'text', text: usable.text };
      const title = usable.name === null ? {} : { title: usable.name };
      const extras = keepExtras(context, part.extras, place);
      return { ...extras, type: 'document', source: encodeSource(usable.source), ...title };
    }
    case 'tool-call':
      return encodeCall(context, part);
    case 'tool-result':
      return encodeResult(context, part);
    case 'reasoning':
      return encodeThinking(context, part);
    case 'tool-reference':
      if (!context.isSame) return { type: 'text', text: toReferenceText(context, part.name).text };
      return { ...part.extras, type: 'tool_reference', tool_name: part.name };
    case 'opaque':
    default:
      if (context.isSame) return part.raw;
      context.loss.add('part-unknown', place + part.what);
      return null;
  }
}

/** Blocks of parts; what the dialect has nothing for is left out and reported. */
function encodeBlocks(context: EncodeContext, parts: readonly Part[], place: string): JsonObject[] {
  return parts.map((part) => encodeBlock(context, part, place)).filter((block) => block !== null);
}

function toContent(turn: Turn, blocks: readonly JsonObject[]): unknown {
  const first = blocks[0];
  const isText = blocks.length === 1 && first?.['type'] === 'text' && Object.keys(first).length === 2;
  return turn.plain && isText ? first['text'] : blocks;
}

/** The reasoning of a turn that the client did not bring back, as far as it was remembered. */
function addKept(context: EncodeContext, turn: Turn, hasCalls: boolean): Turn {
  const { target, ports, loss, isSame } = context;
  if (turn.role !== 'assistant' || isSame) return turn;
  const isShown = turn.parts.some(
    (part) => part.type === 'reasoning' && (part.signature !== null || target.signatures === 'ignored'),
  );
  if (isShown) return turn;
  const callIds = turn.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
  const kept = callIds.length === 0 ? null : (ports.recall?.(callIds) ?? null);
  const rest = turn.parts.filter((part) => part.type !== 'reasoning');
  if (kept !== null && (kept.signature !== null || target.signatures === 'ignored')) {
    const { text, signature } = kept;
    return {
      ...turn,
      parts: [{ type: 'reasoning', text, signature, redacted: null, extras: noFields }, ...rest],
    };
  }
  const isDemanded =
    target.replayReasoning === 'always' || (target.replayReasoning === 'after-tools' && hasCalls);
  if (!isDemanded || target.signatures === 'verified') return turn;
  loss.add('reasoning-lost', 'messages[].reasoning_content');
  const text = target.reasoningPlaceholder;
  return {
    ...turn,
    parts: [{ type: 'reasoning', text, signature: '', redacted: null, extras: noFields }, ...rest],
  };
}

/** The request's system texts and messages in the dialect's own form. */
export interface EncodedTurns {
  readonly system: unknown;
  readonly messages: readonly JsonObject[];
  /**
   * The last turn answers calls whose thinking cannot be shown: a host that verifies would refuse thinking.
   */
  readonly isThinkingLost: boolean;
}

function encodeSystem(context: EncodeContext, turns: readonly Turn[]): unknown {
  const parts = turns.flatMap((turn) => turn.parts);
  for (const turn of turns) keepExtras(context, turn.extras, 'messages[].');
  const blocks = encodeBlocks(context, parts, turns[0]?.top === true ? 'system[].' : 'messages[].content[].');
  const first = blocks[0];
  if (first === undefined) return null;
  const isText = blocks.length === 1 && turns[0]?.plain === true && Object.keys(first).length === 2;
  return isText ? first['text'] : blocks;
}

/** A system turn inside the conversation: in its place where the dialect allows it, else as a reminder. */
function placeSystem(context: EncodeContext, turns: readonly Turn[], index: number): Turn {
  const turn = turns[index];
  if (turn === undefined) throw new RangeError(`Cannot place turn ${index}: there is none`);
  const next = turns[index + 1];
  const isAllowed =
    context.target.midSystem === 'kept' &&
    turns[index - 1]?.role === 'user' &&
    (next === undefined || next.role === 'assistant');
  if (isAllowed) return { ...turn, role: 'system' };
  context.loss.add('system-place', 'messages[].role');
  return { ...turn, role: 'user', plain: false, parts: [toTextPart(toReminder(joinText(turn.parts)))] };
}

function joinSystems(turns: readonly Turn[]): readonly Turn[] {
  const joined: Turn[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (last !== undefined && isSystem(last) && isSystem(turn)) {
      joined[joined.length - 1] = { ...last, plain: false, parts: [...last.parts, ...turn.parts] };
    } else joined.push(turn);
  }
  return joined;
}

/** Puts turns into the order that the dialect demands: the user first, sides taking turns. */
function arrange(
  context: EncodeContext,
  given: readonly Turn[],
): { systems: Turn[]; turns: readonly Turn[] } {
  const start = given.findIndex((turn) => !isSystem(turn));
  const systems = (start === -1 ? given : given.slice(0, start)).slice();
  let rest = start === -1 ? [] : given.slice(start);
  if (rest.length === 0) {
    const last = systems.pop();
    if (last !== undefined) {
      context.loss.add('system-only', 'messages[].role');
      rest = [{ ...last, role: 'user' }];
    }
  }
  const joined = joinSystems(mergeTurns(rest));
  const placed = joined.map((turn, index) => (isSystem(turn) ? placeSystem(context, joined, index) : turn));
  return { systems, turns: mergeTurns(placed) };
}

function encodeOwn(context: EncodeContext): EncodedTurns {
  const { turns } = context.request;
  const messages = turns
    .filter((turn) => !turn.top)
    .map((turn) => {
      const content = toContent(turn, encodeBlocks(context, turn.parts, ''));
      return { ...turn.extras, role: turn.role, content };
    });
  const tops = turns.filter((turn) => turn.top);
  return { system: encodeSystem(context, tops), messages, isThinkingLost: false };
}

function isSignedFirst(message: JsonObject | undefined): boolean {
  const content = message?.['content'];
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  const type = typeof first === 'object' && first !== null && 'type' in first ? first.type : '';
  return type === 'thinking' || type === 'redacted_thinking';
}

/** Writes the turns of a request. */
export function encodeTurns(context: EncodeContext, given: readonly Turn[]): EncodedTurns {
  if (context.isSame) return encodeOwn(context);
  const { systems, turns } = arrange(context, given);
  const hasCalls = turns.some((turn) => turn.parts.some((part) => part.type === 'tool-call'));
  const messages: JsonObject[] = [];
  for (const turn of turns) {
    const full = addKept(context, turn, hasCalls);
    const blocks = encodeBlocks(context, full.parts, 'messages[].content[].');
    const extras = keepExtras(context, full.extras, 'messages[].');
    if (messages.length === 0 && turn.role === 'assistant') {
      context.loss.add('first-turn', 'messages[]');
      messages.push({ role: 'user', content: '(The conversation begins with your message.)' });
    }
    if (blocks.length === 0) {
      if (turn.role === 'assistant') continue;
      blocks.push({ type: 'text', text: '(empty message)' });
    }
    messages.push({ ...extras, role: turn.role, content: toContent(full, blocks) });
  }
  trimPrefill(messages);
  const lastAssistant = messages.findLast((message) => message['role'] === 'assistant');
  const isAnswering = turns.at(-1)?.parts.some((part) => part.type === 'tool-result') === true;
  const isThinkingLost = isAnswering && !isSignedFirst(lastAssistant);
  return { system: encodeSystem(context, systems), messages: joinUsers(messages), isThinkingLost };
}

/** An assistant message that was left out may leave two of the user's beside each other. */
function joinUsers(messages: readonly JsonObject[]): readonly JsonObject[] {
  const joined: JsonObject[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last === undefined || last['role'] !== message['role']) {
      joined.push(message);
      continue;
    }
    const blocks = [last['content'], message['content']].flatMap((content) =>
      typeof content === 'string' ? [{ type: 'text', text: content }] : (content as readonly JsonObject[]),
    );
    joined[joined.length - 1] = { ...last, content: blocks };
  }
  return joined;
}

/** Anthropic refuses an answer that was begun and ends with white space. */
function trimPrefill(messages: JsonObject[]): void {
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') return;
  const { content } = last;
  if (typeof content === 'string') {
    messages[messages.length - 1] = { ...last, content: content.trimEnd() || '…' };
    return;
  }
  if (!Array.isArray(content)) return;
  const blocks = content as readonly JsonObject[];
  const end = blocks.at(-1);
  if (end === undefined || typeof end['text'] !== 'string') return;
  const trimmed = { ...end, text: end['text'].trimEnd() || '…' };
  messages[messages.length - 1] = { ...last, content: [...blocks.slice(0, -1), trimmed] };
}
