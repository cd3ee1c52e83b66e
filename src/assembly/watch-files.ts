import { unwatchFile, watchFile } from 'node:fs';

/** Watches a changing set of files. */
export interface FileWatch {
  set(files: readonly string[]): void;
  close(): void;
}

/** Often enough to feel at once, rare enough to cost nothing; polling also sees files replaced by a rename. */
const intervalMs = 500;

/** Calls `onChange` after any of the files was written, replaced or removed. */
export function createFileWatch(onChange: () => void): FileWatch {
  let watched = new Set<string>();
  function drop(file: string): void {
    unwatchFile(file, onChange);
  }
  return {
    set(files) {
      const next = new Set(files);
      for (const file of watched) if (!next.has(file)) drop(file);
      for (const file of next) {
        if (!watched.has(file)) watchFile(file, { interval: intervalMs, persistent: false }, onChange);
      }
      watched = next;
    },
    close() {
      for (const file of watched) drop(file);
      watched = new Set();
    },
  };
}
