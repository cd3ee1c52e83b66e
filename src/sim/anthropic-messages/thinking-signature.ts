import { createHmac } from 'node:crypto';

/**
 * The signature of a thinking block. It is bound to the sim's seed and the exact text, so that a block
 * of another origin, or a changed one, is found out when it comes back.
 */
export function signThinking(thinking: string, seed: number): string {
  const proof = createHmac('sha256', `simulated thinking ${seed}`).update(thinking).digest('base64');
  return `EqQBCkYI${proof}GAE=`;
}
