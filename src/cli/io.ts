import type { ServeOptions } from '../assembly/index.ts';
import type { ConfigCheckView } from '../api/contract.ts';

/** A place where the command line writes; a process's stream, or a text that a test collects. */
export interface Writer {
  write(text: string | Uint8Array): Promise<void>;
}

/** What the command line needs of the composition root. Loaded only by the commands that need it. */
export interface AssemblyDoor {
  /** Runs the gateway until it is told to stop; the exit code. */
  serve(options: ServeOptions): Promise<number>;
  /** Runs simulated endpoints until they are told to stop; the exit code. */
  simulate(
    parameters: readonly string[],
    io: { writeOut(text: string): void; writeError(text: string): void },
  ): Promise<number>;
  /** Checks a configuration file as `serve` would read it, and starts nothing. */
  checkConfigFile(file: string, env: Readonly<Record<string, string | undefined>>): Promise<ConfigCheckView>;
}

/** Everything that the command line touches outside itself. */
export interface CliIo {
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Home folder of the user. */
  readonly home: string;
  readonly isTerminal: boolean;
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted; keeps the process alive until then. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** From now on Ctrl-C aborts the signal instead of ending the process; for commands that follow something. */
  interrupted(): AbortSignal;
  readonly version: string;
  loadAssembly(): Promise<AssemblyDoor>;
}
