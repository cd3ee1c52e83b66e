import { createSeededRandom, type Random } from '../kernel/index.ts';
import type { Answer, AnswerCall, AnswerChoice } from './answer.ts';
import type { Ask, AskTool } from './ask.ts';
import type { ActiveFault } from './faults.ts';
import { generateJson } from './generate-json.ts';
import { hashText } from './hash-text.ts';
import { choosePhrases, type Phrases } from './phrases.ts';
import { countTokens, splitTokens } from './tokens.ts';

/** Longest made-up answer, whatever length the message asks for. */
const mostAnswerTokens = 20_000;
/** Calls in one turn. */
const mostCalls = 8;

export interface PlanOptions {
  readonly seed: number;
  /** Makes the id of one tool call. */
  readonly callId: () => string;
  /** A recorded answer, said as it is. */
  readonly recordedText: string | null;
  /** Length of made-up answers, or null: by seed. */
  readonly answerTokens: number | null;
  /** Reshapes the answer where the fault is one of content. */
  readonly fault: ActiveFault | null;
}

/**
 * Decides what to answer: a pure function of the seed, the model and what was asked, so that the same
 * question gets the same answer at any time. Which tools are called follows one rule, see `chooseTools`.
 */
export function planAnswer(ask: Ask, options: PlanOptions): Answer {
  const basis = hashText(ask.lastUserText, hashText(ask.model, hashText(`sim ${options.seed}`)));
  const choices: AnswerChoice[] = [];
  for (let index = 0; index < ask.choices; index++) {
    const random = createSeededRandom(basis + index * 7919);
    choices.push(planChoice(ask, { options, random, phrases: choosePhrases(ask.lastUserText) }));
  }
  const hiddenTokens = ask.hiddenThinking ? 16 + (basis % 48) : 0;
  return { choices, hiddenTokens };
}

interface Writing {
  readonly options: PlanOptions;
  readonly random: Random;
  readonly phrases: Phrases;
}

/**
 * The rule for tool calls: none after tool results or with `none`; with a named tool that one; with
 * `any` (`required`) every tool whose name occurs in the last user message, else the first; otherwise
 * (`auto`) every tool whose name occurs in it. Without parallel calls only the first of them.
 */
export function chooseTools(ask: Ask): readonly AskTool[] {
  if (ask.toolChoice === 'none' || ask.toolResults.length > 0) return [];
  const { toolChoice } = ask;
  if (typeof toolChoice === 'object') return ask.tools.filter((tool) => tool.name === toolChoice.name);
  const mentioned = ask.tools.filter((tool) => tool.name !== '' && ask.lastUserText.includes(tool.name));
  const chosen = toolChoice === 'any' && mentioned.length === 0 ? ask.tools.slice(0, 1) : mentioned;
  return chosen.slice(0, ask.parallelTools ? mostCalls : 1);
}

function planChoice(ask: Ask, writing: Writing): AnswerChoice {
  const { fault } = writing.options;
  if (fault?.name === 'empty-answer') {
    return { reasoningPieces: [], textPieces: [], calls: [], finish: 'stop', stopSequence: null };
  }
  if (fault?.name === 'huge-frame') {
    const textPieces = ['x'.repeat(fault.bytes)];
    return { reasoningPieces: [], textPieces, calls: [], finish: 'stop', stopSequence: null };
  }
  let left = fault?.name === 'content-filtered' ? 3 : (ask.maxTokens ?? Number.POSITIVE_INFINITY);
  const take = (text: string): readonly string[] => {
    const pieces = splitTokens(text).slice(0, left);
    left -= pieces.length;
    return pieces;
  };
  const cutFinish = fault?.name === 'content-filtered' ? 'filtered' : 'length';
  const reasoning = ask.thinking ? fill(writing.phrases.thinking.join(' '), toQuote(ask)) : '';
  const tools = chooseTools(ask);
  const whole = tools.length > 0 ? toPreface(writing) : writeText(ask, writing);
  const { text, stopSequence } = cutAtStop(whole, ask.stops);
  const planned = reasoning + text;
  const reasoningPieces = take(reasoning);
  const textPieces = take(text);
  const calls: AnswerCall[] = [];
  let wanted = planned.length;
  let given = joinedLength(reasoningPieces) + joinedLength(textPieces);
  for (const tool of tools) {
    if (left <= 0) break;
    const json = writeArguments(tool, ask, writing.random);
    const argumentPieces = take(json);
    wanted += json.length;
    given += joinedLength(argumentPieces);
    calls.push({ id: writing.options.callId(), name: tool.name, argumentPieces });
  }
  const isCut = given < wanted || calls.length < tools.length;
  const usual = calls.length > 0 ? 'tool' : 'stop';
  const isFiltered = fault?.name === 'content-filtered';
  const finish = isCut || isFiltered ? cutFinish : usual;
  return { reasoningPieces, textPieces, calls, finish, stopSequence: isCut ? null : stopSequence };
}

function joinedLength(pieces: readonly string[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

function cutAtStop(text: string, stops: readonly string[]): { text: string; stopSequence: string | null } {
  let at = text.length;
  let stopSequence: string | null = null;
  for (const stop of stops) {
    const found = stop === '' ? -1 : text.indexOf(stop);
    if (found >= 0 && found < at) {
      at = found;
      stopSequence = stop;
    }
  }
  return { text: text.slice(0, at), stopSequence };
}

function fill(template: string, quote: string): string {
  return template.replaceAll('{quote}', () => quote);
}

/** The start of the user's message on one line, cut between characters. */
function toQuote(ask: Ask): string {
  const start = ask.lastUserText.slice(0, 400).replaceAll(/\s+/gu, ' ').trim();
  const characters = [...start];
  return characters.length <= 80 ? start : `${characters.slice(0, 80).join('')}…`;
}

/** What half of the seeds say before they call a tool. */
function toPreface(writing: Writing): string {
  const isSilent = writing.random.unit() < 0.5;
  return isSilent ? '' : (writing.phrases.thinking.at(-1) ?? '');
}

function writeArguments(tool: AskTool, ask: Ask, random: Random): string {
  return JSON.stringify(
    generateJson(tool.schema ?? {}, { random, text: ask.lastUserText.replace(tool.name, '') }),
  );
}

const exactRule =
  /\b(?:reply|answer|respond|say|write)\b[^.\n]{0,40}\bexactly\b[:,]?\s*["“]?([\s\S]+?)["”]?\s*$/iu;
const lengthRule = /(\d{1,5})\s*(?:words?|tokens?|palabras|mots|Wörter|字)/iu;

function writeText(ask: Ask, writing: Writing): string {
  const { options, random } = writing;
  const mark = options.fault?.name === 'cut-in-utf8' ? '🙂 ' : '';
  if (options.recordedText !== null) return mark + options.recordedText;
  if (ask.jsonSchema !== undefined) {
    const schema = ask.jsonSchema ?? plainAnswerSchema;
    return JSON.stringify(generateJson(schema, { random, text: mark + ask.lastUserText }));
  }
  if (ask.toolResults.length > 0) return mark + writeFromResults(ask, writing);
  const ending = ask.lastUserText.slice(-2000);
  const exact = ending.includes('xactly') ? exactRule.exec(ending)?.[1] : undefined;
  return mark + (exact ?? writeProse(ask, writing));
}

const plainAnswerSchema = {
  type: 'object',
  properties: { answer: { type: 'string' }, confidence: { type: 'number', minimum: 0, maximum: 1 } },
};

function writeFromResults(ask: Ask, writing: Writing): string {
  const lines = ask.toolResults.map(({ name, text }) => {
    const shown = Array.from(text.slice(0, 800)).slice(0, 300).join('');
    return writing.phrases.toolResult.replace('{name}', () => name).replace('{text}', () => shown);
  });
  return [...lines, writing.phrases.closing].join('\n');
}

function writeProse(ask: Ask, { phrases, random, options }: Writing): string {
  const asked = lengthRule.exec(ask.lastUserText.slice(0, 4000))?.[1];
  const usual = options.answerTokens ?? 24 + Math.floor(random.unit() * 48);
  const target = Math.min(asked === undefined ? usual : Number(asked), mostAnswerTokens);
  const parts = [fill(phrases.opening, toQuote(ask))];
  if (ask.imageCount > 0) parts.push(phrases.images.replace('{count}', String(ask.imageCount)));
  let tokens = countTokens(parts.join(' ')) + countTokens(phrases.closing);
  for (let turn = Math.floor(random.unit() * 16); tokens < target; turn++) {
    const sentence = phrases.sentences[turn % phrases.sentences.length] ?? '';
    parts.push(sentence);
    tokens += Math.max(1, countTokens(sentence));
  }
  parts.push(phrases.closing);
  return parts.join(' ');
}
