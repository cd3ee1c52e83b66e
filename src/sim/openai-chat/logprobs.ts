import type { Ask } from '../ask.ts';
import { hashText } from '../hash-text.ts';
import type { VendorFacts } from '../vendors.ts';

const encoder = new TextEncoder();

function toEntry(token: string, rank: number): object {
  const spread = (hashText(token) % 1000) / 2000;
  return { token, logprob: -(spread + rank), bytes: [...encoder.encode(token)] };
}

/** Log probabilities of the pieces as OpenAI shapes them, or null when they were not asked for. */
export function toLogprobs(facts: VendorFacts, ask: Ask, pieces: readonly string[]): object | null {
  if (ask.raw['logprobs'] !== true || facts.chat.logprobs === 'ignored') return null;
  const top = typeof ask.raw['top_logprobs'] === 'number' ? ask.raw['top_logprobs'] : 0;
  const content = pieces.map((piece) => ({
    ...toEntry(piece, 0),
    top_logprobs: Array.from({ length: top }, (_, rank) =>
      toEntry(rank === 0 ? piece : `${piece}~${rank}`, rank),
    ),
  }));
  return { content, refusal: null };
}
