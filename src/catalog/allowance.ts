import type { Jurisdiction } from './endpoint.ts';

/** Which jurisdictions and operators a route may use; `null` = any. A list that is given denies all else. */
export interface Allowance {
  /** Countries where inference may run. */
  readonly runsIn: readonly string[] | null;
  /** Countries where data may rest. */
  readonly dataIn: readonly string[] | null;
  /** Operators by short name or by country. */
  readonly operators: readonly string[] | null;
}

/** What is not known. No list matches it, so that a gap in our knowledge never opens a way. */
export const unknownPlace = 'unknown';

function isListed(list: readonly string[], value: string): boolean {
  return value !== unknownPlace && list.includes(value);
}

/**
 * Says what an allowance objects to, as the end of a sentence, or null when it permits the jurisdiction.
 * Deny by default: a list that is given must name the value.
 */
export function findObjection(allow: Allowance, place: Jurisdiction): string | null {
  if (allow.runsIn !== null && !isListed(allow.runsIn, place.runsIn)) {
    return `inference runs in "${place.runsIn}", allowed is ${allow.runsIn.join(', ') || 'nowhere'}`;
  }
  if (allow.dataIn !== null && !isListed(allow.dataIn, place.dataIn)) {
    return `data rests in "${place.dataIn}", allowed is ${allow.dataIn.join(', ') || 'nowhere'}`;
  }
  if (allow.operators === null) return null;
  if (isListed(allow.operators, place.operator)) return null;
  if (isListed(allow.operators, place.operatorCountry)) return null;
  const allowed = allow.operators.join(', ') || 'nobody';
  return `the operator is "${place.operator}" of "${place.operatorCountry}", allowed is ${allowed}`;
}

/** True when an allowance permits the jurisdiction; see `findObjection`. Allocates nothing. */
export function isAllowed(allow: Allowance, place: Jurisdiction): boolean {
  if (allow.runsIn !== null && !isListed(allow.runsIn, place.runsIn)) return false;
  if (allow.dataIn !== null && !isListed(allow.dataIn, place.dataIn)) return false;
  return (
    allow.operators === null ||
    isListed(allow.operators, place.operator) ||
    isListed(allow.operators, place.operatorCountry)
  );
}
