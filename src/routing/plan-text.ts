import type { Plan, PlanReason, SkipReason } from './plan.ts';

const reasonTexts: Record<PlanReason, string> = {
  serving: 'serves this conversation',
  named: 'asked for by name',
  'next-serving': 'takes over: the offer of this conversation cannot be used now',
  fallback: 'fallback of the route',
  'last-resort': 'serves other conversations of the route',
  'all-cooling': 'every offer failed lately; this one is due soonest',
};

const skipTexts: Record<SkipReason, string> = {
  dialect: 'its endpoint does not speak the dialect of the request',
  'not-allowed': 'the route does not allow its place or operator',
  'no-credential': 'its endpoint has no key',
  cooling: 'failed lately',
  unknown: 'no such offer',
  attempts: 'enough offers before it',
};

/** A plan in words, one offer a line, for people and logs. `now` is epoch milliseconds. */
export function toPlanText(plan: Plan, now: number): string {
  const lines = [`route ${plan.route}, version ${plan.routeVersion}`];
  for (const [index, { offer, why }] of plan.offers.entries()) {
    lines.push(`${index + 1}. ${offer.name}: ${reasonTexts[why]}`);
  }
  for (const { name, reason, coolUntil } of plan.skipped) {
    const wait = reason === 'cooling' ? `, tried again in ${Math.ceil((coolUntil - now) / 1000)} s` : '';
    lines.push(`-  ${name}: skipped, ${skipTexts[reason]}${wait}`);
  }
  return lines.join('\n');
}
