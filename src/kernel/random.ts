/** Source of randomness. `assembly` gives the operating system's, tests a seeded one. */
export interface Random {
  /** Fills and returns `size` random bytes. */
  bytes(size: number): Uint8Array;
  /** A number in [0, 1). */
  unit(): number;
}

/** A small, fast, seeded generator (sfc32). Not for secrets; one seed reproduces a run. */
export function createSeededRandom(seed: number): Random {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let counter = 1;
  function next(): number {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + mixed) | 0;
    return mixed >>> 0;
  }
  for (let round = 0; round < 12; round++) next();
  return {
    unit: () => next() / 0x1_0000_0000,
    bytes(size) {
      const out = new Uint8Array(size);
      for (let index = 0; index < size; index++) out[index] = next() & 0xff;
      return out;
    },
  };
}
