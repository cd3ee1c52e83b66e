/** What a kind of loss is. `to`: the target dialects where it can happen. */
export interface LossSpec {
  readonly to: readonly ('openai-chat' | 'anthropic-messages')[];
  readonly what: 'dropped' | 'approximated' | 'moved';
  /** `hint`: the answer's meaning does not hang on it. */
  readonly weight: 'hint' | 'content';
  readonly why: string;
}

const chat = ['openai-chat'] as const;
const messages = ['anthropic-messages'] as const;
const both = ['openai-chat', 'anthropic-messages'] as const;

/**
 * Every loss that a translation can report. docs/reference/translation.md is generated from this table, and
 * the encoders can report nothing that is not in it. Codes are public and are never reused.
 */
export const lossTable = {
  'field-unknown': {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: 'the target dialect has no such field',
  },
  'field-hint': {
    to: both,
    what: 'dropped',
    weight: 'hint',
    why: 'the field steers caching, storage or billing of the other vendor',
  },
  'cache-hint': { to: both, what: 'dropped', weight: 'hint', why: 'the target caches prefixes by itself' },
  'billing-line': {
    to: chat,
    what: 'dropped',
    weight: 'hint',
    why: 'the line changes with every session and would spoil the prefix cache of the target',
  },
  'message-malformed': {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: 'the message is not an object with a role',
  },
  'part-unknown': {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: 'the target dialect has no such block',
  },
  'tool-unknown': {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: "the tool is run by the other vendor's own service",
  },
  'tool-deferred': {
    to: chat,
    what: 'approximated',
    weight: 'hint',
    why: 'deferred tools are sent whole once a result refers to them',
  },
  'tool-reference': {
    to: chat,
    what: 'approximated',
    weight: 'hint',
    why: 'the reference became a sentence; the tool itself is in the list',
  },
  'tool-strict': {
    to: both,
    what: 'dropped',
    weight: 'hint',
    why: 'the target does not enforce schemas of tools',
  },
  'tool-name': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: "the target's limits on names; the client gets its own name back",
  },
  'tool-schema': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'keywords that the target refuses were taken out of the schema',
  },
  'tool-arguments': {
    to: messages,
    what: 'approximated',
    weight: 'content',
    why: 'the arguments are not a JSON object and were repaired or wrapped',
  },
  'tool-choice': {
    to: both,
    what: 'approximated',
    weight: 'content',
    why: 'the target cannot force or forbid tools in this way',
  },
  'tool-parallel': {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: 'the target cannot be told to make one call at a time',
  },
  'result-media': {
    to: chat,
    what: 'moved',
    weight: 'hint',
    why: 'images and files of tool results stand in a user message behind the results',
  },
  'result-error': {
    to: chat,
    what: 'approximated',
    weight: 'hint',
    why: 'the dialect has no error flag on results; the text says it',
  },
  'media-unsupported': {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: 'the target does not take this kind of media; a sentence stands in its place',
  },
  'document-text': { to: chat, what: 'approximated', weight: 'hint', why: 'a text document became text' },
  'image-detail': {
    to: messages,
    what: 'dropped',
    weight: 'hint',
    why: 'the target chooses the resolution itself',
  },
  citations: { to: chat, what: 'dropped', weight: 'content', why: 'the dialect has no citations' },
  'system-place': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'the target takes no system message here; it stands as a reminder in the turn of the user',
  },
  'system-only': {
    to: messages,
    what: 'moved',
    weight: 'hint',
    why: 'a conversation needs a message of the user; the last system message became it',
  },
  'first-turn': {
    to: messages,
    what: 'approximated',
    weight: 'hint',
    why: 'a conversation must begin with the user; a short message was put before it',
  },
  prefill: {
    to: both,
    what: 'approximated',
    weight: 'content',
    why: 'the target does not continue an answer that was begun; it is asked to',
  },
  'reasoning-dropped': {
    to: both,
    what: 'dropped',
    weight: 'hint',
    why: 'reasoning of earlier turns cannot be shown to this target',
  },
  'reasoning-lost': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'the client did not send reasoning back that the target demands; a placeholder stands there',
  },
  'thinking-off': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'the target cannot think here: a forced tool, JSON output, too few tokens, or a lost signature',
  },
  'thinking-level': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'the target knows other degrees of thinking; the nearest was chosen',
  },
  'thinking-unsupported': {
    to: both,
    what: 'dropped',
    weight: 'hint',
    why: 'thinking of the target cannot be steered',
  },
  'sampling-range': { to: both, what: 'approximated', weight: 'hint', why: "outside the target's range" },
  'sampling-dropped': {
    to: both,
    what: 'dropped',
    weight: 'hint',
    why: 'the target fixes or refuses this parameter',
  },
  stops: {
    to: both,
    what: 'dropped',
    weight: 'content',
    why: 'more stop sequences than the target takes, or empty ones',
  },
  'json-emulated': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'the target does not enforce JSON; the prompt asks for it and the answer is checked',
  },
  choices: { to: messages, what: 'dropped', weight: 'content', why: 'the target gives one answer per call' },
  'max-tokens-made': {
    to: messages,
    what: 'approximated',
    weight: 'hint',
    why: 'the dialect demands a bound; a default was sent',
  },
  'max-tokens-capped': {
    to: both,
    what: 'approximated',
    weight: 'hint',
    why: 'more than the target gives in one answer',
  },
  'user-id': {
    to: both,
    what: 'dropped',
    weight: 'hint',
    why: 'the id of a person or device is not sent to another vendor',
  },
} as const satisfies Record<string, LossSpec>;

/** A kind of loss. */
export type LossCode = keyof typeof lossTable;
