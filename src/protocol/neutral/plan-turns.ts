import type { EncodeContext } from './encode-context.ts';
import { noFields } from './read-json.ts';
import type { DocumentPart, ImagePart, Part, TextPart, ToolResultPart, Turn, TurnRole } from './request.ts';

/** A text part of our own. */
export function toTextPart(text: string): TextPart {
  return { type: 'text', text, extras: noFields };
}

function toGroup(role: TurnRole): TurnRole {
  return role === 'tool' ? 'user' : role;
}

function isResult(part: Part): part is ToolResultPart {
  return part.type === 'tool-result';
}

/**
 * Turns of one side in a row become one, tool results first: Messages merges them in any case, and Chat wants
 * every result right behind its call.
 */
export function mergeTurns(turns: readonly Turn[]): readonly Turn[] {
  const merged: Turn[] = [];
  for (const turn of turns) {
    const last = merged.at(-1);
    const role = toGroup(turn.role);
    if (last === undefined || last.role !== role || last.top || turn.top || isSystem(turn)) {
      merged.push(role === turn.role ? turn : { ...turn, role });
      continue;
    }
    const parts = [...last.parts, ...turn.parts];
    merged[merged.length - 1] = { ...last, plain: false, parts };
  }
  return merged.map((turn) => {
    if (turn.role !== 'user' || !turn.parts.some(isResult)) return turn;
    return {
      ...turn,
      parts: [...turn.parts.filter(isResult), ...turn.parts.filter((part) => !isResult(part))],
    };
  });
}

/** System and developer turns. */
export function isSystem(turn: Turn): boolean {
  return turn.role === 'system' || turn.role === 'developer';
}

/** The text of parts, blocks apart by an empty line; other parts are left out. */
export function joinText(parts: readonly Part[], separator = '\n\n'): string {
  const texts = parts.filter((part) => part.type === 'text').map((part) => part.text);
  return texts.length === 1 ? (texts[0] ?? '') : texts.filter((text) => text !== '').join(separator);
}

/**
 * A system text as part of the user's turn, for targets that take none inside a conversation. It is not
 * hoisted to the top: that would change the prefix of every later request and empty the cache.
 */
export function toReminder(text: string): string {
  return `<system-reminder>\n${text}\n</system-reminder>`;
}

/** The sentence in place of media that the target does not take. */
function toMissing(context: EncodeContext, kind: string, place: string): TextPart {
  context.loss.add('media-unsupported', place);
  return toTextPart(`[${kind} left out: this model does not take it]`);
}

/** An image that the target takes, or a sentence in its place. */
export function toUsableImage(context: EncodeContext, part: ImagePart, place: string): ImagePart | TextPart {
  const { target, isSame } = context;
  if (isSame) return part;
  const { kind } = part.source;
  const isTaken = kind === 'base64' ? target.images !== 'none' : kind === 'url' && target.images === 'all';
  return isTaken ? part : toMissing(context, 'image', place);
}

/** A document that the target takes, or text in its place. */
export function toUsableDocument(
  context: EncodeContext,
  part: DocumentPart,
  place: string,
): DocumentPart | TextPart {
  const { target, isSame } = context;
  if (isSame || part.source.kind === 'text') return part;
  const isTaken = part.source.kind !== 'file' && target.documents === 'pdf';
  return isTaken
    ? part
    : toMissing(context, part.name === null ? 'document' : `document "${part.name}"`, place);
}

/** The sentence that stands for a tool whose definition has come into the list. */
export function toReferenceText(context: EncodeContext, name: string): TextPart {
  context.loss.add('tool-reference', 'messages[].content[].tool_reference');
  return toTextPart(`Tool "${context.names.toWire(name)}" is available now.`);
}

/** The words that ask for the rest of an answer that the client began. */
const continueText =
  'Continue your last message exactly where it stops. Do not repeat any of it and add nothing before it.';

/** Asks for the rest where the target does not continue an answer by itself. */
export function askToContinue(context: EncodeContext, turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  if (context.isSame || last?.role !== 'assistant' || context.target.prefill !== 'asked') return turns;
  // Calls that wait for their results are a mistake of the client, which the target words better.
  if (last.parts.some((part) => part.type === 'tool-call') || joinText(last.parts) === '') return turns;
  context.loss.add('prefill', 'messages[]');
  const ask: Turn = {
    role: 'user',
    parts: [toTextPart(continueText)],
    plain: true,
    top: false,
    extras: noFields,
  };
  return [...turns, ask];
}
