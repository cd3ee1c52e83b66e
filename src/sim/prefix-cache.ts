import type { Ask } from './ask.ts';
import { hashText } from './hash-text.ts';
import { countTokens } from './tokens.ts';

/** Prefixes remembered; the oldest go first. */
const mostPrefixes = 50_000;

/** What the prompt costs. `inputTokens` is the whole prompt. */
export interface PromptUsage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
}

export interface CacheRules {
  /** Only prefixes that end at a cache_control breakpoint are kept, and writing them is counted. */
  readonly explicit: boolean;
  readonly minimum: number;
  readonly unit: number;
}

/**
 * The vendors' prefix cache, in steps of whole messages: a prompt that begins with the same messages,
 * tools and system text as an earlier one of the same model reads that part from the cache. One changed
 * character ends the match, as with the real ones.
 */
export interface PrefixCache {
  /** Counts the prompt and remembers its prefixes. */
  read(ask: Ask, rules: CacheRules): PromptUsage;
}

interface Prefix {
  readonly hash: number;
  readonly tokens: number;
  readonly isBreakpoint: boolean;
}

function listPrefixes(ask: Ask): Prefix[] {
  let hash = hashText(ask.cacheScope, hashText(ask.model));
  let tokens = 0;
  return ask.prompt.map((part) => {
    hash = hashText(part.text, hashText('\u0000', hash));
    tokens += countTokens(part.text) + part.extraTokens;
    return { hash, tokens, isBreakpoint: part.isBreakpoint };
  });
}

/** Counts a prompt without touching any cache. */
export function countPrompt(ask: Ask): number {
  return listPrefixes(ask).at(-1)?.tokens ?? 0;
}

/** Creates an empty cache. */
export function createPrefixCache(): PrefixCache {
  const known = new Set<number>();
  function remember(hash: number): void {
    known.delete(hash);
    known.add(hash);
    if (known.size <= mostPrefixes) return;
    for (const oldest of known) {
      known.delete(oldest);
      break;
    }
  }
  return {
    read(ask, rules) {
      const prefixes = listPrefixes(ask);
      const inputTokens = prefixes.at(-1)?.tokens ?? 0;
      const kept = rules.explicit ? prefixes.filter((prefix) => prefix.isBreakpoint) : prefixes;
      const matched = kept.findLast((prefix) => known.has(prefix.hash))?.tokens ?? 0;
      const cachedTokens = matched < rules.minimum ? 0 : matched - (matched % rules.unit);
      for (const prefix of kept) remember(prefix.hash);
      const marked = rules.explicit ? (kept.at(-1)?.tokens ?? 0) : 0;
      const cacheWriteTokens = marked < rules.minimum ? 0 : Math.max(0, marked - cachedTokens);
      // At least one token is always computed: no vendor reports a prompt that was wholly cached.
      const capped = rules.explicit ? cachedTokens : Math.min(cachedTokens, Math.max(0, inputTokens - 1));
      return { inputTokens, cachedTokens: capped, cacheWriteTokens };
    },
  };
}
