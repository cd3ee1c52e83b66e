import { parseSimArguments, runSim, simUsage } from '../sim/index.ts';
import { realClock } from './real-ports.ts';

interface SimulateIo {
  writeOut(text: string): void;
  writeError(text: string): void;
}

/** Runs simulated endpoints until the process is told to stop; returns the exit code. */
export async function simulate(words: readonly string[], io: SimulateIo): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) {
    io.writeOut(`${simUsage}\n`);
    return 0;
  }
  const parsed = parseSimArguments(words);
  if (!parsed.ok) {
    io.writeError(`${parsed.message}\n\n${simUsage}\n`);
    return 2;
  }
  const running = await runSim(parsed.settings, {
    clock: realClock,
    write: (text) => io.writeOut(text),
  }).catch((error: unknown) => {
    io.writeError(`${error instanceof Error ? error.message : String(error)}\n`);
    return null;
  });
  if (running === null) return 1;
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  await running.close();
  return 0;
}
