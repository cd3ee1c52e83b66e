import { lossTable, type LossCode } from './loss-table.ts';

/** One thing that a translation could not carry over as it was. */
export interface LossEntry {
  readonly code: LossCode;
  /** Where it stood, in the words of the client's dialect; `[]` stands for any index. */
  readonly field: string;
  readonly what: 'dropped' | 'approximated' | 'moved';
  readonly why: string;
  /** `hint`: the answer's meaning does not hang on it; strict mode refuses on `content` only. */
  readonly weight: 'hint' | 'content';
  readonly count: number;
}

/** Collects losses; the same loss at the same field is counted, not listed again. */
export interface LossLog {
  add(code: LossCode, field: string): void;
  /** The entries so far, content before hints. */
  list(): readonly LossEntry[];
}

/**
 * Limit: distinct entries in one report; a request with more unknown fields than that is hostile or broken.
 */
const entriesMax = 64;
/** Limit: field names come from outside and end in a header. */
const fieldChars = 96;

/** Creates an empty log. */
export function createLossLog(): LossLog {
  const entries = new Map<string, { code: LossCode; field: string; count: number }>();
  return {
    add(code, field) {
      const name = field.length > fieldChars ? `${field.slice(0, fieldChars)}…` : field;
      const key = `${code} ${name}`;
      const entry = entries.get(key);
      if (entry !== undefined) entry.count++;
      else if (entries.size < entriesMax) entries.set(key, { code, field: name, count: 1 });
    },
    list() {
      const listed = [...entries.values()].map(({ code, field, count }): LossEntry => {
        const { what, why, weight } = lossTable[code];
        return { code, field, what, why, weight, count };
      });
      return listed.toSorted(
        (left, right) => Number(left.weight === 'hint') - Number(right.weight === 'hint'),
      );
    },
  };
}
