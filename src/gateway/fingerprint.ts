import { hash } from 'node:crypto';

import type { AcceptedCall } from './call.ts';

/** Names under which calls belong together. */
export interface Fingerprint {
  readonly conversation: string;
  readonly task: string;
  /** The conversation as a stable number in [0, 1), for sticky shares. */
  readonly stickyUnit: number;
}

const nameChars = 32;
/** Hex digits that fit a double exactly: 13 × 4 bits = 52. */
const unitDigits = 13;

/**
 * A conversation is the client's session, else (key, system prompt, first user turn); a task is (route,
 * system prompt, tools, schema). Both are hashes: the texts themselves do not leave the call.
 */
export function toFingerprint(call: AcceptedCall): Fingerprint {
  const { features, session, principal, target } = call;
  const conversationText =
    session === null ? `t\0${features.system}\0${features.firstUser}` : `s\0${session}`;
  const conversation = hash('sha256', `${principal.keyId}\0${conversationText}`).slice(0, nameChars);
  const taskText = `${target.route}\0${features.system}\0${features.tools}\0${features.schema}`;
  return {
    conversation,
    task: hash('sha256', taskText).slice(0, nameChars),
    stickyUnit: Number.parseInt(conversation.slice(0, unitDigits), 16) / 16 ** unitDigits,
  };
}
