/** Crockford's letters: no i, l, o, u, so that a key survives being read aloud or typed. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** Writes bytes five bits at a time; the last letter is filled up with zero bits. */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let heldBits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    heldBits += 8;
    for (; heldBits >= 5; heldBits -= 5) text += alphabet[(held >> (heldBits - 5)) & 31];
    held &= (1 << heldBits) - 1;
  }
  return heldBits === 0 ? text : text + (alphabet[(held << (5 - heldBits)) & 31] ?? '');
}
