import type { Answer, Frame, WriteContext } from './answer.ts';
import type { Ask, Reading } from './ask.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import type { VendorFacts } from './vendors.ts';

/** What a request reveals beside its body. */
export interface RequestFacts {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Signs thinking blocks, and proves that one came from this sim. */
  readonly signatureSeed: number;
  /** True when only the tokens are to be counted. */
  readonly isCount: boolean;
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
