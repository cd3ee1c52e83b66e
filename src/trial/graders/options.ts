import * as z from 'zod';

/** Where the final answer is looked for; see `ExtractFrom`. */
export const extractFrom = z
  .union([
    z.enum(['auto', 'whole', 'json-or-boxed-word']),
    z.strictObject({ field: z.string().min(1).max(100) }),
  ])
  .default('auto');

/** Longest text that an option may hold. */
const MAX_OPTION_CHARACTERS = 2000;

/** Most entries that a list option may hold. */
const MAX_OPTION_ENTRIES = 500;

/** A list of texts in options. */
export const textList = z.array(z.string().min(1).max(MAX_OPTION_CHARACTERS)).max(MAX_OPTION_ENTRIES);
