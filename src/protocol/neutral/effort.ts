/** Words for how hard to think, from the least. The union of what the vendors use. */
const effortLadder = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

const budgets: Readonly<Record<string, number>> = {
  minimal: 1_024,
  low: 4_096,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 32_000,
};

/**
 * The accepted effort that is nearest to the wanted one; of two as near, the higher. Null when none is
 * accepted.
 */
export function toNearestEffort(wanted: string, accepted: readonly string[]): string | null {
  if (accepted.includes(wanted)) return wanted;
  const place = (effortLadder as readonly string[]).indexOf(wanted);
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const effort of accepted) {
    const at = (effortLadder as readonly string[]).indexOf(effort);
    // "none" switches thinking off, which is no degree of it.
    if (at <= 0) continue;
    const distance = Math.abs(at - (place === -1 ? 3 : place)) - (at > place ? 0.25 : 0);
    if (distance < bestDistance) {
      best = effort;
      bestDistance = distance;
    }
  }
  return best;
}

/** A budget of thinking tokens for an effort. */
export function toBudgetTokens(effort: string): number {
  return Object.hasOwn(budgets, effort) ? (budgets[effort] ?? 8_192) : 8_192;
}

/** An effort for a budget of thinking tokens. */
export function toEffort(budgetTokens: number): string {
  if (budgetTokens <= 4_096) return 'low';
  return budgetTokens <= 12_288 ? 'medium' : 'high';
}
