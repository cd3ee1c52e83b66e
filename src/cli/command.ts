import type { ApiClient } from './api-client.ts';
import type { CliIo } from './io.ts';
import type { Paint } from './paint.ts';
import type { Outcome } from './problem.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** Name of the value in help, e.g. `FOLDER`. */
  readonly value?: string;
  readonly help: string;
  readonly isRepeatable?: boolean;
  readonly short?: string;
}

/** What the reader typed, after it was checked against the command. */
export interface Parsed {
  readonly words: readonly string[];
  text(option: string): string | undefined;
  list(option: string): readonly string[];
  flag(option: string): boolean;
}

export interface CommandContext extends Parsed {
  readonly io: CliIo;
  readonly paint: Paint;
  /** The data folder that is meant. */
  readonly folder: string;
  readonly isJson: boolean;
  /** The admin API of the server that is meant. */
  connect(signal?: AbortSignal): Outcome<ApiClient>;
  print(text: string): Promise<void>;
  /** A remark that is no result: to stderr, so that a pipe gets results only. */
  remark(text: string): Promise<void>;
}

/** One verb of the command line; help, the reference page and behaviour in one place. */
export interface Command {
  /** `null` for commands of one word. */
  readonly noun: string | null;
  readonly verb: string;
  /** Words after the verb as they stand in help: `NAME`, `[FILE]`, `OFFER[=SHARE]…`. */
  readonly words: readonly string[];
  readonly summary: string;
  readonly details?: string;
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Its words and options are its own business: nothing is parsed. */
  readonly takesAll?: boolean;
  /** The exit code, or the problem that is then told. */
  run(context: CommandContext): Promise<Outcome<number>>;
}

/** Where to find the server; every command that asks one has these. */
export const serverOptions: Command['options'] = {
  data: { type: 'string', value: 'FOLDER', help: 'Data folder whose server is asked (CHANGEOVER_DATA)' },
  url: {
    type: 'string',
    value: 'URL',
    help: 'Address of another server (CHANGEOVER_URL); its key is CHANGEOVER_ADMIN_KEY',
  },
  json: { type: 'boolean', help: 'Print the answer of the API as it is' },
};

/** How the command is called: `route switch`. */
export function toCommandName({ noun, verb }: Pick<Command, 'noun' | 'verb'>): string {
  return noun === null ? verb : `${noun} ${verb}`;
}
