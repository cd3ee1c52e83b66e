/**
 * A secret that cannot leak by accident: printing, inspecting or serialising it shows a mask only.
 * Without it, one stray log line of a config object would publish a provider key.
 */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The real value; call it only where it is sent or hashed. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/**
 * A credential that works at one origin only, so that no redirect, typo or config trick can carry
 * a key elsewhere. `headersFor` returns null for any other origin.
 */
export interface BoundCredential {
  readonly origin: string;
  headersFor(origin: string): Readonly<Record<string, string>> | null;
}
