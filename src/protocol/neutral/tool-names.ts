/** Names of tools on their way to a target with a stricter alphabet, and back. */
export interface ToolNames {
  /** The name for the target. */
  toWire(name: string): string;
  /** Names that were changed, from the target's to the client's. */
  readonly changed: ReadonlyMap<string, string>;
}

function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/**
 * Creates the names of one request. A name that fits stays; another is shortened and marked with its hash, so
 * that it is the same in every turn and never that of another tool.
 */
export function createToolNames(charsMax: number | null): ToolNames {
  const changed = new Map<string, string>();
  // Null: the names stay in their own dialect, whose judgement they are.
  if (charsMax === null) return { changed, toWire: (name) => name };
  const fits = new RegExp(`^[a-zA-Z0-9_-]{1,${charsMax}}$`);
  return {
    changed,
    toWire(name) {
      if (fits.test(name)) return name;
      const plain = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, charsMax - 9);
      const wire = `${plain}_${hashText(name)}`;
      changed.set(wire, name);
      return wire;
    },
  };
}
