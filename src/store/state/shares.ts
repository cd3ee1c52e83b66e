import { failure } from '../../kernel/index.ts';
import type { StoredShare } from '../state-store.ts';
import { Refusal } from '../store-failure.ts';

/** Limit: offers that serve one route at once; a split over more is nothing that anybody could watch. */
const sharesMax = 32;

/** Limit: characters of an offer's name; vendors' longest model names have about 100. */
const offerChars = 512;

function findFault(shares: readonly StoredShare[]): string | null {
  if (shares.length === 0) return 'must name at least one offer';
  if (shares.length > sharesMax) return `must name at most ${sharesMax} offers`;
  if (shares.some(({ share }) => !Number.isFinite(share) || share <= 0)) return 'must have positive shares';
  if (shares.some(({ offer }) => offer === '' || offer.length > offerChars)) return 'must name its offers';
  if (new Set(shares.map(({ offer }) => offer)).size < shares.length) return 'must name each offer once';
  return null;
}

/** Refuses shares that no call could be served by, so that they are never written. */
export function checkShares(shares: readonly StoredShare[]): void {
  const fault = findFault(shares);
  if (fault !== null) throw new Refusal(failure('CHG_FIELD_INVALID', { field: 'shares', reason: fault }));
}

export function encodeShares(shares: readonly StoredShare[]): string {
  return JSON.stringify(shares.map(({ offer, share }) => ({ offer, share })));
}

export function decodeShares(text: string): readonly StoredShare[] {
  return JSON.parse(text) as readonly StoredShare[];
}

/** Whether both serve the same offers in the same proportion, in whatever order or unit they are written. */
export function isSameShares(left: readonly StoredShare[], right: readonly StoredShare[]): boolean {
  const sum = (shares: readonly StoredShare[]): number =>
    shares.reduce((total, { share }) => total + share, 0);
  const [leftSum, rightSum] = [sum(left), sum(right)];
  const rights = new Map(right.map(({ offer, share }) => [offer, share]));
  return (
    left.length === right.length &&
    // Compared crosswise, because 1/3 and 2/6 differ as fractions of floating point.
    left.every(({ offer, share }) => share * rightSum === (rights.get(offer) ?? 0) * leftSum)
  );
}
