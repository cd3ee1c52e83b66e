import { createSeededRandom } from '../../kernel/index.ts';

/** 32-bit FNV-1a: spreads a text over the seeds of the generator. */
function toSeed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}

/** What a coin decides: whether a live unit is answered by both arms, whether a pair goes to a person. */
export type CoinPurpose = 'pair' | 'label';

/**
 * The coin of one unit or case, in [0, 1): a function of the frame, so that nobody can toss it again. Below
 * its probability means drawn. Labels and pairs chosen by a person instead certified a worse model in 84–100
 * %.
 */
export function tossCoin(frameHash: string, purpose: CoinPurpose, id: string): number {
  return createSeededRandom(toSeed(`${frameHash}|${purpose}|${id}`)).unit();
}

/** A random order of `count` units (Fisher–Yates), fixed by the frame and mixing all strata. */
export function planOrder(frameHash: string, stage: string, count: number): number[] {
  const random = createSeededRandom(toSeed(`${frameHash}|order|${stage}`));
  const order = Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = Math.floor(random.unit() * (index + 1));
    const kept = order[index] as number;
    order[index] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
