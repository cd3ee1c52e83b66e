import type { Log } from './log.ts';

export interface ServerOptions {
  /** The data folder. */
  readonly folder: string;
  /** The configuration file that rules, or null. */
  readonly configFile: string | null;
  /** Over the configuration's, or null. */
  readonly host: string | null;
  readonly port: number | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The product's version, as package.json has it. */
  readonly version: string;
  readonly log: Log;
}
