import {
  type EncodeContext,
  fromWordId,
  isSystem,
  joinText,
  type JsonObject,
  keepExtras,
  mergeTurns,
  type Part,
  reportExtras,
  toDataUrl,
  toList,
  toObject,
  toText,
  toNineId,
  toReferenceText,
  toReminder,
  type ToolResultPart,
  toTextPart,
  toUsableDocument,
  toUsableImage,
  toWordId,
  type Turn,
} from '../neutral/index.ts';

/** Claude Code's first system line; it differs per session. */
const billingLine = 'x-anthropic-billing-header:';

function toWireId(context: EncodeContext, id: string): string {
  const plain = context.isSame ? id : fromWordId(id);
  if (context.target.toolIds === 'nine') return toNineId(plain);
  return context.target.toolIds === 'word' ? toWordId(plain) : plain;
}

function encodeFile(part: Extract<Part, { type: 'document' }>): JsonObject {
  const name = part.name === null ? {} : { filename: part.name };
  switch (part.source.kind) {
    case 'base64':
      // OpenAI refuses file data without a name.
      return { type: 'file', file: { filename: 'document.pdf', ...name, file_data: toDataUrl(part.source) } };
    case 'file':
      return { type: 'file', file: { file_id: part.source.id, ...name } };
    case 'url':
      return { type: 'file', file: { ...name, file_url: part.source.url } };
    case 'text':
    default:
      return { type: 'text', text: part.source.text };
  }
}

/** One part as Chat writes it, or null when the dialect has nothing for it. */
function encodePart(context: EncodeContext, part: Part, place: string): JsonObject | null {
  switch (part.type) {
    case 'text':
      context.size.chars += part.text.length;
      return { ...keepExtras(context, part.extras, place), type: 'text', text: part.text };
    case 'image': {
      const usable = toUsableImage(context, part, `${place}image`);
      if (usable.type === 'text') return { type: 'text', text: usable.text };
      const { source } = usable;
      if (source.kind === 'file') return null;
      const url = source.kind === 'url' ? source.url : toDataUrl(source);
      const detail = usable.detail === null ? {} : { detail: usable.detail };
      return { ...keepExtras(context, part.extras, place), type: 'image_url', image_url: { url, ...detail } };
    }
    case 'document': {
      const usable = toUsableDocument(context, part, `${place}document`);
      if (usable.type === 'text') return { type: 'text', text: usable.text };
      const extras = keepExtras(context, part.extras, place);
      if (usable.source.kind !== 'text') return { ...extras, ...encodeFile(usable) };
      context.loss.add('document-text', `${place}document`);
      const title = usable.name === null ? '' : `${usable.name}\n\n`;
      return { type: 'text', text: title + usable.source.text };
    }
    case 'tool-reference':
      return { type: 'text', text: toReferenceText(context, part.name).text };
    case 'opaque':
      if (context.isSame) return part.raw;
      if (part.what === 'search_result') return { type: 'text', text: toSearchText(part.raw) };
      context.loss.add('part-unknown', place + part.what);
      return null;
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
    default:
      return null;
  }
}

/** A search result of Anthropic's as text: its title, source and contents. */
function toSearchText(raw: JsonObject): string {
  const contents = toList(raw['content']).map((block) => toText(toObject(block)['text']));
  return [toText(raw['title']), toText(raw['source']), ...contents].filter((text) => text !== '').join('\n');
}

/** Content of parts: one text where that is all there is, else a list. */
function encodeContent(context: EncodeContext, parts: readonly Part[], at: ContentPlace): unknown {
  const encoded = parts.map((part) => encodePart(context, part, at.place)).filter((part) => part !== null);
  const texts = encoded.map((part) => (part['type'] === 'text' ? part['text'] : null));
  if (context.isSame) {
    if (!at.plain) return encoded;
    return texts.length === 0 ? null : texts.join('');
  }
  if (texts.every((text) => typeof text === 'string') && (at.joined || texts.length < 2)) {
    return texts.filter((text) => text !== '').join('\n\n');
  }
  return encoded.filter((part) => part['type'] !== 'text' || part['text'] !== '');
}

interface ContentPlace {
  readonly place: string;
  readonly plain: boolean;
  /** Texts become one; several parts are for media only, because many hosts want a plain text. */
  readonly joined: boolean;
}

function encodeSystem(context: EncodeContext, turn: Turn): JsonObject | null {
  const { target, isSame, loss } = context;
  const place = turn.top ? 'system[].' : 'messages[].content[].';
  const parts = turn.parts.filter((part) => {
    const isBilling = !isSame && part.type === 'text' && part.text.startsWith(billingLine);
    if (isBilling) loss.add('billing-line', 'system[]');
    return !isBilling;
  });
  if (parts.length === 0 && turn.parts.length > 0) return null;
  const role = turn.role === 'developer' && (target.developerRole || isSame) ? 'developer' : 'system';
  const content = encodeContent(context, parts, { place, plain: turn.plain, joined: true });
  return { ...keepExtras(context, turn.extras, 'messages[].'), role, content };
}

function encodeCall(context: EncodeContext, part: Extract<Part, { type: 'tool-call' }>): JsonObject {
  context.size.chars += part.argumentsText.length;
  return {
    ...keepExtras(context, part.extras, 'messages[].content[].'),
    id: toWireId(context, part.id),
    type: 'function',
    function: { name: context.names.toWire(part.name), arguments: part.argumentsText },
  };
}

/** The reasoning of a turn: what our own signature holds, what the client shows, or what was remembered. */
function toReasoningText(context: EncodeContext, turn: Turn): string | null {
  const { ports } = context;
  let found: string | null = null;
  for (const part of turn.parts) {
    if (part.type !== 'reasoning') continue;
    const sealed = part.signature === null ? null : (ports.open?.(part.signature) ?? null);
    const text = sealed ?? part.text;
    // A ciphertext of another vendor is empty text here, and says nothing.
    if (text !== '' || context.isSame) found = (found ?? '') + text;
  }
  if (found !== null || context.isSame) return found;
  const callIds = turn.parts.flatMap((part) => (part.type === 'tool-call' ? [fromWordId(part.id)] : []));
  return callIds.length === 0 ? null : (ports.recall?.(callIds)?.text ?? null);
}

function encodeReasoning(context: EncodeContext, turn: Turn, hasCalls: boolean): JsonObject {
  const { target, loss, isSame } = context;
  const text = toReasoningText(context, turn);
  const field = target.reasoningField ?? (isSame ? 'reasoning_content' : null);
  if (field === null) {
    if (text !== null) loss.add('reasoning-dropped', 'messages[].content[].thinking');
    return {};
  }
  if (text !== null) return { [field]: text };
  const isDemanded =
    target.replayReasoning === 'always' || (target.replayReasoning === 'after-tools' && hasCalls);
  if (!isDemanded || isSame) return {};
  loss.add('reasoning-lost', 'messages[].content[].thinking');
  return { [field]: target.reasoningPlaceholder };
}

function encodeAssistant(context: EncodeContext, turn: Turn, at: AssistantPlace): JsonObject | null {
  const shown = turn.parts.filter((part) => part.type !== 'tool-call' && part.type !== 'reasoning');
  const calls = turn.parts.filter((part) => part.type === 'tool-call');
  const place = { place: 'messages[].content[].', plain: turn.plain, joined: true };
  let content = encodeContent(context, shown, place);
  if (calls.length > 0 && content === '' && !context.isSame) content = null;
  const reasoning = encodeReasoning(context, turn, at.hasCalls);
  const isEmpty = calls.length === 0 && (content === '' || content === null);
  // Nothing but a thought, or nothing at all: hosts refuse such a message.
  if (isEmpty && !context.isSame && !at.isLast) return null;
  const { prefill } = context.target;
  const isBegun = at.isLast && calls.length === 0 && !context.isSame;
  return {
    ...keepExtras(context, turn.extras, 'messages[].'),
    role: 'assistant',
    content,
    ...reasoning,
    ...(calls.length > 0 ? { tool_calls: calls.map((call) => encodeCall(context, call)) } : {}),
    ...(isBegun && (prefill === 'partial' || prefill === 'prefix') ? { [prefill]: true } : {}),
  };
}

interface AssistantPlace {
  /** A tool was called somewhere in the conversation. */
  readonly hasCalls: boolean;
  readonly isLast: boolean;
}

function isMedia(part: Part): boolean {
  return part.type === 'image' || (part.type === 'document' && part.source.kind !== 'text');
}

/** A result as a tool message; media that it may not hold are put on `moved`. */
function encodeResult(context: EncodeContext, result: ToolResultPart, moved: Part[]): JsonObject {
  const { target, isSame, loss } = context;
  const id = toWireId(context, result.callId);
  const isMoved = !target.mediaInResults && !isSame;
  const media = isMoved ? result.parts.filter(isMedia) : [];
  if (media.length > 0) {
    loss.add('result-media', 'messages[].content[].tool_result');
    moved.push(toTextPart(`Attached to the result of tool call ${id}:`), ...media);
  }
  const rest = result.parts.filter((part) => !media.includes(part));
  if (media.length > 0) rest.push(toTextPart('[attachment: see the next message of the user]'));
  const place = 'messages[].content[].tool_result.';
  let content = encodeContent(context, rest, { place, plain: result.plain, joined: true }) ?? '';
  if (result.isError === true && !isSame) {
    loss.add('result-error', 'messages[].content[].is_error');
    content = typeof content === 'string' ? `[the tool failed] ${content}` : content;
  }
  return { ...keepExtras(context, result.extras, place), role: 'tool', tool_call_id: id, content };
}

function encodeUser(context: EncodeContext, turn: Turn): readonly JsonObject[] {
  const results = turn.parts.filter((part) => part.type === 'tool-result');
  const moved: Part[] = [];
  const messages = results.map((result) => encodeResult(context, result, moved));
  const rest = [...moved, ...turn.parts.filter((part) => part.type !== 'tool-result')];
  if (rest.length === 0 && results.length > 0) return messages;
  const place = 'messages[].content[].';
  const content = encodeContent(context, rest, { place, plain: turn.plain, joined: false });
  const isEmpty = content === '' || (Array.isArray(content) && content.length === 0);
  if (isEmpty && results.length > 0) return messages;
  return [...messages, { ...keepExtras(context, turn.extras, 'messages[].'), role: 'user', content }];
}

function placeSystem(context: EncodeContext, turn: Turn): Turn {
  context.loss.add('system-place', 'messages[].role');
  for (const part of turn.parts) {
    if (part.type !== 'opaque') reportExtras(context, part.extras, 'messages[].content[].');
  }
  const text = toReminder(joinText(turn.parts));
  return { ...turn, role: 'user', parts: [toTextPart(text)], plain: true, extras: {} };
}

/** The messages of a request in Chat's form. */
export function encodeMessages(context: EncodeContext, turns: readonly Turn[]): readonly JsonObject[] {
  const { target, isSame } = context;
  const firstAsk = turns.findIndex((turn) => !isSystem(turn));
  const placed = turns.map((turn, index) => {
    const isMid = isSystem(turn) && firstAsk !== -1 && index > firstAsk;
    return isMid && target.midSystem === 'as-user' && !isSame ? placeSystem(context, turn) : turn;
  });
  const ordered = isSame ? placed : mergeTurns(placed);
  const hasCalls = ordered.some((turn) => turn.parts.some((part) => part.type === 'tool-call'));
  const messages: JsonObject[] = [];
  for (const [index, turn] of ordered.entries()) {
    const isLast = index === ordered.length - 1;
    if (isSystem(turn)) {
      const message = encodeSystem(context, turn);
      if (message !== null) messages.push(message);
    } else if (turn.role === 'assistant') {
      const message = encodeAssistant(context, turn, { hasCalls, isLast });
      if (message !== null) messages.push(message);
    } else messages.push(...encodeUser(context, turn));
  }
  return messages;
}
