/** Money in integer nano-units of a currency: 1 USD = 1_000_000_000n. */
export type NanoMoney = bigint;

const nanoPerUnit = 1_000_000_000n;
const tokensPerPrice = 1_000_000n;

/**
 * Reads a decimal like "0.435" into nano-units. Returns null for anything that is not a plain
 * non-negative decimal with at most nine places, so that no price is ever rounded silently.
 */
export function parseMoney(text: string): NanoMoney | null {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (match === null) return null;
  const whole = BigInt(match[1] ?? '0') * nanoPerUnit;
  return whole + BigInt((match[2] ?? '').padEnd(9, '0'));
}

/** Writes nano-units as a decimal without trailing zeros: 150_000_000n → "0.15". */
export function toMoneyText(amount: NanoMoney): string {
  const sign = amount < 0n ? '-' : '';
  const size = amount < 0n ? -amount : amount;
  const places = (size % nanoPerUnit).toString().padStart(9, '0').replace(/0+$/, '');
  const whole = (size / nanoPerUnit).toString();
  return places === '' ? sign + whole : `${sign}${whole}.${places}`;
}

/** A price times a count of tokens, in millionths of a nano-unit, to be summed and rounded once. */
export function toTokenCost(tokens: number, nanoPerMillion: NanoMoney): bigint {
  return BigInt(tokens) * nanoPerMillion;
}

/** Rounds a sum of `toTokenCost` values half up to whole nano-units. */
export function roundTokenCost(sum: bigint): NanoMoney {
  return (sum + tokensPerPrice / 2n) / tokensPerPrice;
}
