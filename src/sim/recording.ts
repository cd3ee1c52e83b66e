/** Recorded answers: which model said what to which question. */
export interface Recording {
  /** Model names that have answers. */
  readonly models: readonly string[];
  /** How many answers there are. */
  readonly size: number;
  /** The answer to exactly this question, else to the same one with other white space, else null. */
  find(model: string, question: string): string | null;
}
