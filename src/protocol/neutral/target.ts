/** What a target can take and how it wants it: capability and profile data of one offer, for one dialect. */
export interface TargetFacts {
  /** The name that goes into `model`. */
  readonly model: string;
  readonly images: 'all' | 'base64' | 'none';
  /** `pdf`: PDF files as documents or file parts. */
  readonly documents: 'pdf' | 'none';
  /** May a tool result hold images and documents? Otherwise they move to a user message behind it. */
  readonly mediaInResults: boolean;
  /** A system message inside the conversation: kept in its place, or written as text of the user's turn. */
  readonly midSystem: 'kept' | 'as-user';
  /** openai-chat: `developer` is accepted; otherwise it is sent as `system`. */
  readonly developerRole: boolean;
  /** How a last assistant message is continued: as it is, with a flag on the message, or by asking for it. */
  readonly prefill: 'native' | 'partial' | 'prefix' | 'asked';
  readonly toolChoices: readonly ('auto' | 'none' | 'required' | 'tool')[];
  /** False: a forced tool is refused while the model thinks. */
  readonly forcedWhileThinking: boolean;
  readonly parallelFlag: boolean;
  readonly strictTools: boolean;
  readonly toolNameChars: number;
  readonly toolIds: 'any' | 'word' | 'nine';
  /** Schema keywords that the target refuses. */
  readonly schemaDrop: readonly string[];
  /** False: oneOf, anyOf and allOf are refused at the top of a tool's schema. */
  readonly schemaTopUnion: boolean;
  /** JSON output of a schema and of any object: by the target itself, or by instruction in the prompt. */
  readonly jsonSchema: 'native' | 'emulated';
  readonly jsonObject: 'native' | 'emulated';
  /** False: JSON output is refused while the model thinks. */
  readonly jsonWhileThinking: boolean;
  /** Where reasoning of earlier turns goes in openai-chat; null: it is not sent back. */
  readonly reasoningField: 'reasoning_content' | 'reasoning' | null;
  /** When it must be there: never · on every assistant turn once a tool was called · always. */
  readonly replayReasoning: 'never' | 'after-tools' | 'always';
  /** What the vendor takes in place of lost reasoning. */
  readonly reasoningPlaceholder: string;
  /** anthropic-messages: signatures of thinking are verified (Anthropic's own), or taken as they come. */
  readonly signatures: 'verified' | 'ignored';
  /**
   * How thinking is switched. `effort`: reasoning_effort alone · `type`: thinking.type · `enable`:
   * enable_thinking.
   */
  readonly thinking: 'none' | 'effort' | 'type' | 'enable' | 'budget' | 'adaptive';
  readonly thinksByDefault: boolean;
  readonly canStopThinking: boolean;
  /** Efforts that are accepted; empty: there is no such field. */
  readonly efforts: readonly string[];
  /** `<think>` tags may stand at the start of the text. */
  readonly thinkTags: boolean;
  /** Range of the temperature; null: the field is refused or fixed. */
  readonly temperature: { readonly low: number; readonly high: number } | null;
  readonly topP: boolean;
  readonly topK: boolean;
  readonly stopsMax: number;
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Sent when the client names none and the dialect demands one. */
  readonly maxTokensDefault: number;
  /** Most output tokens; null: not known. */
  readonly maxTokensLimit: number | null;
  readonly userField: 'user' | 'user_id' | null;
  readonly streamUsage: 'ask' | 'always' | 'never';
}

/** A Chat Completions target of which nothing is known but that it follows OpenAI's published reference. */
export const plainChatTarget: Omit<TargetFacts, 'model'> = {
  images: 'all',
  documents: 'pdf',
  mediaInResults: false,
  midSystem: 'kept',
  developerRole: false,
  prefill: 'asked',
  toolChoices: ['auto', 'none', 'required', 'tool'],
  forcedWhileThinking: true,
  parallelFlag: true,
  strictTools: true,
  toolNameChars: 64,
  toolIds: 'any',
  schemaDrop: ['$schema'],
  schemaTopUnion: true,
  jsonSchema: 'native',
  jsonObject: 'native',
  jsonWhileThinking: true,
  reasoningField: null,
  replayReasoning: 'never',
  reasoningPlaceholder: '',
  signatures: 'ignored',
  thinking: 'effort',
  thinksByDefault: false,
  canStopThinking: true,
  efforts: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'],
  thinkTags: false,
  temperature: { low: 0, high: 2 },
  topP: true,
  topK: false,
  stopsMax: 4,
  maxTokensField: 'max_completion_tokens',
  maxTokensDefault: 8_192,
  maxTokensLimit: null,
  userField: null,
  streamUsage: 'ask',
};

/** A Messages target of which nothing is known but that it follows Anthropic's published reference. */
export const plainMessagesTarget: Omit<TargetFacts, 'model'> = {
  ...plainChatTarget,
  mediaInResults: true,
  midSystem: 'as-user',
  toolNameChars: 128,
  toolIds: 'word',
  schemaTopUnion: false,
  jsonObject: 'emulated',
  forcedWhileThinking: false,
  reasoningField: 'reasoning_content',
  signatures: 'verified',
  thinking: 'budget',
  efforts: [],
  temperature: { low: 0, high: 1 },
  topK: true,
  stopsMax: 128,
  maxTokensField: 'max_tokens',
  userField: 'user_id',
  streamUsage: 'always',
};
