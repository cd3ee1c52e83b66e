import type { Dialect } from '../kernel/index.ts';
import type { SimVendor } from './types.ts';

/** A place where one dialect is served. The first path is the one that `doorUrls` names. */
export interface VendorDoor {
  readonly dialect: Dialect;
  /** What an official SDK puts before its own path. */
  readonly basePath: string;
  readonly paths: readonly string[];
}

/** How a vendor's Chat Completions differ. Evidence per line: docs/guide/simulators.md. */
export interface ChatQuirks {
  readonly roles: readonly string[];
  /** `ask`: a chunk with empty choices after the finish, only with include_usage. `last`: always in the last chunk. */
  readonly usage: 'ask' | 'last';
  readonly thinkingDefault: boolean;
  /** The request field that switches thinking, or null when reasoning is never shown. */
  readonly thinkingField: 'thinking' | 'enable_thinking' | null;
  readonly forcedToolChoice: 'accepted' | 'refused-when-thinking' | 'ignored';
  /** A tool-call turn must come back with its reasoning_content, else 400. */
  readonly replayReasoning: boolean;
  readonly images: boolean;
  readonly jsonSchema: 'accepted' | 'refused' | 'as-object';
  /** json_object asks for the word "json" somewhere in the messages. */
  readonly jsonWord: boolean;
  /** JSON mode is refused while thinking. */
  readonly jsonWhileThinking: boolean;
  /** False: tool arguments come in one chunk unless the request says tool_stream. */
  readonly streamsToolArguments: boolean;
  /** Most choices; more is a 400, except that vendors with 1 ignore the field. */
  readonly maxChoices: number;
  readonly logprobs: 'accepted' | 'refused-when-thinking' | 'ignored';
  /** A prefix is read from the cache from this size on, in steps of `cacheUnit` tokens. */
  readonly cacheMinimum: number;
  readonly cacheUnit: number;
}

/** How a vendor's Messages endpoint differs. */
export interface MessagesQuirks {
  /** anthropic-version and unknown fields are checked, signatures verified, cache_control priced. */
  readonly strict: boolean;
  readonly thinkingDefault: boolean;
  /** Tool-call turns must come back with their thinking blocks, else 400. */
  readonly replayThinking: boolean;
  readonly images: boolean;
  readonly countTokens: boolean;
  /** Model names starting with `claude-` are answered by the first model. */
  readonly mapsClaudeNames: boolean;
  readonly forcedToolChoice: 'accepted' | 'refused-when-thinking';
}

export interface VendorFacts {
  readonly vendor: SimVendor;
  readonly models: readonly string[];
  readonly doors: readonly VendorDoor[];
  readonly modelsPaths: readonly string[];
  readonly chat: ChatQuirks;
  readonly messages: MessagesQuirks;
}

const plainChat: ChatQuirks = {
  roles: ['developer', 'system', 'user', 'assistant', 'tool', 'function'],
  usage: 'ask',
  thinkingDefault: false,
  thinkingField: null,
  forcedToolChoice: 'accepted',
  replayReasoning: false,
  images: true,
  jsonSchema: 'accepted',
  jsonWord: true,
  jsonWhileThinking: true,
  streamsToolArguments: true,
  maxChoices: 128,
  logprobs: 'accepted',
  cacheMinimum: 1024,
  cacheUnit: 128,
};

const chineseRoles = ['system', 'user', 'assistant', 'tool'];

const plainMessages: MessagesQuirks = {
  strict: false,
  thinkingDefault: false,
  replayThinking: false,
  images: true,
  countTokens: true,
  mapsClaudeNames: false,
  forcedToolChoice: 'accepted',
};

const chatDoor: VendorDoor = { dialect: 'openai-chat', basePath: '/v1', paths: ['/v1/chat/completions'] };
const messagesDoor: VendorDoor = { dialect: 'anthropic-messages', basePath: '', paths: ['/v1/messages'] };

/** Where a dialect lives when it is forced onto a vendor that does not serve it. */
export const forcedDoors: readonly VendorDoor[] = [chatDoor, messagesDoor];

export const vendorFacts: Readonly<Record<SimVendor, VendorFacts>> = {
  openai: {
    vendor: 'openai',
    models: ['frontier'],
    doors: [chatDoor],
    modelsPaths: ['/v1/models'],
    chat: plainChat,
    messages: plainMessages,
  },
  anthropic: {
    vendor: 'anthropic',
    models: ['frontier'],
    doors: [messagesDoor],
    modelsPaths: ['/v1/models'],
    chat: plainChat,
    messages: { ...plainMessages, strict: true },
  },
  deepseek: {
    vendor: 'deepseek',
    models: ['value'],
    doors: [
      {
        dialect: 'openai-chat',
        basePath: '',
        paths: ['/chat/completions', '/v1/chat/completions', '/beta/chat/completions'],
      },
      { dialect: 'anthropic-messages', basePath: '/anthropic', paths: ['/anthropic/v1/messages'] },
    ],
    modelsPaths: ['/models', '/v1/models', '/anthropic/v1/models'],
    chat: {
      ...plainChat,
      roles: chineseRoles,
      thinkingDefault: true,
      thinkingField: 'thinking',
      forcedToolChoice: 'refused-when-thinking',
      replayReasoning: true,
      images: false,
      jsonSchema: 'refused',
      maxChoices: 1,
      logprobs: 'refused-when-thinking',
      cacheMinimum: 64,
      cacheUnit: 64,
    },
    messages: {
      ...plainMessages,
      thinkingDefault: true,
      replayThinking: true,
      images: false,
      countTokens: false,
      mapsClaudeNames: true,
      forcedToolChoice: 'refused-when-thinking',
    },
  },
  qwen: {
    vendor: 'qwen',
    models: ['value'],
    doors: [
      {
        dialect: 'openai-chat',
        basePath: '/compatible-mode/v1',
        paths: ['/compatible-mode/v1/chat/completions'],
      },
      { dialect: 'anthropic-messages', basePath: '/apps/anthropic', paths: ['/apps/anthropic/v1/messages'] },
    ],
    modelsPaths: ['/compatible-mode/v1/models', '/apps/anthropic/v1/models'],
    chat: {
      ...plainChat,
      roles: chineseRoles,
      thinkingField: 'enable_thinking',
      forcedToolChoice: 'refused-when-thinking',
      jsonWhileThinking: false,
      maxChoices: 4,
      logprobs: 'ignored',
      cacheMinimum: 256,
      cacheUnit: 1,
    },
    messages: { ...plainMessages, forcedToolChoice: 'refused-when-thinking' },
  },
  glm: {
    vendor: 'glm',
    models: ['value'],
    doors: [
      { dialect: 'openai-chat', basePath: '/api/paas/v4', paths: ['/api/paas/v4/chat/completions'] },
      { dialect: 'anthropic-messages', basePath: '/api/anthropic', paths: ['/api/anthropic/v1/messages'] },
    ],
    modelsPaths: ['/api/paas/v4/models', '/api/anthropic/v1/models'],
    chat: {
      ...plainChat,
      roles: chineseRoles,
      usage: 'last',
      thinkingDefault: true,
      thinkingField: 'thinking',
      forcedToolChoice: 'ignored',
      jsonSchema: 'as-object',
      jsonWord: false,
      streamsToolArguments: false,
      maxChoices: 1,
      logprobs: 'ignored',
      cacheMinimum: 64,
      cacheUnit: 1,
    },
    messages: { ...plainMessages, mapsClaudeNames: true },
  },
};
