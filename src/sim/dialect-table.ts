import type { Dialect } from '../kernel/index.ts';
import { checkMessagesHeaders, readMessages } from './anthropic-messages/read-request.ts';
import { writeMessageStream, writeWholeMessage } from './anthropic-messages/write-answer.ts';
import type { SimDialect } from './dialect.ts';
import { readChat } from './openai-chat/read-request.ts';
import { writeChatStream, writeWholeChat } from './openai-chat/write-answer.ts';

const chat: SimDialect = {
  checkHeaders: () => null,
  read: readChat,
  writeWhole: writeWholeChat,
  writeStream: writeChatStream,
  toErrorFrame: (body) => `data: ${JSON.stringify(body)}\n\n`,
};

const messages: SimDialect = {
  checkHeaders: checkMessagesHeaders,
  read: readMessages,
  writeWhole: writeWholeMessage,
  writeStream: writeMessageStream,
  toErrorFrame: (body) => `event: error\ndata: ${JSON.stringify(body)}\n\n`,
};

/** The dialects that can be simulated. */
export const simDialects: Readonly<Partial<Record<Dialect, SimDialect>>> = {
  'openai-chat': chat,
  'anthropic-messages': messages,
};
