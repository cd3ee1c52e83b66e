import type { Dialect } from '../kernel/index.ts';
import type { Answer, Frame, WriteContext } from './answer.ts';
import type { Ask, Reading } from './ask.ts';
import type { JsonObject } from './json.ts';
import { readChat } from './openai-chat/read-request.ts';
import { writeChatStream, writeWholeChat } from './openai-chat/write-answer.ts';
import type { Problem } from './problem.ts';
import type { VendorFacts } from './vendors.ts';

/** What a request reveals beside its body. */
export interface RequestFacts {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Proves that a thinking block came from this sim. */
  readonly signatureSeed: number;
}

export interface AnswerContent {
  readonly ask: Ask;
  readonly answer: Answer;
}

/** One dialect's side of a simulated endpoint. A new dialect is a new entry here. */
export interface SimDialect {
  /** What must be right before the body is looked at; null when it is. */
  checkHeaders(facts: VendorFacts, request: RequestFacts): Problem | null;
  read(facts: VendorFacts, body: JsonObject, request: RequestFacts): Reading;
  writeWhole(facts: VendorFacts, content: AnswerContent, context: WriteContext): string;
  writeStream(facts: VendorFacts, content: AnswerContent, context: WriteContext): Iterable<Frame>;
  /** An error body as an event of a stream. */
  toErrorFrame(body: object): string;
}

const chat: SimDialect = {
  checkHeaders: () => null,
  read: readChat,
  writeWhole: writeWholeChat,
  writeStream: writeChatStream,
  toErrorFrame: (body) => `data: ${JSON.stringify(body)}\n\n`,
};

/** The dialects that can be simulated. */
export const simDialects: Readonly<Partial<Record<Dialect, SimDialect>>> = {
  'openai-chat': chat,
};
