// The gateway as a process of its own that can be asked what it holds: node --expose-gc gateway-child.ts DATA
// CONFIG. Messages: `measure` → a Sample, `stop` → stops, sends a last Sample, and ends.
import process from 'node:process';

import { realClock, startServer } from '../../src/assembly/index.ts';

/** What the process holds, after a full collection of garbage. Bytes. */
export interface Sample {
  readonly kind: 'sample';
  readonly rss: number;
  readonly heap: number;
  /** Memory outside the heap that objects hold: buffers. */
  readonly external: number;
  /** What keeps the event loop busy, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

/** What the child says. */
export type ChildMessage =
  | Sample
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'mistake'; readonly text: string };

function tell(message: ChildMessage): void {
  process.send?.(message);
}

function measure(): Sample {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Start with --expose-gc');
  // Twice: the first run lets finalizers drop what the second can then free.
  gc();
  gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { kind: 'sample', rss, heap: heapUsed, external, resources };
}

const [folder = '', configFile = ''] = process.argv.slice(2);
const log = {
  info: () => undefined,
  warn: (text: string) => tell({ kind: 'mistake', text }),
  mistake: (error: unknown, id: string) =>
    tell({ kind: 'mistake', text: `${id}: ${error instanceof Error ? String(error.stack) : String(error)}` }),
};
process.on('unhandledRejection', (error) => log.mistake(error, 'unhandled rejection'));
const started = await startServer({
  version: '0.0.0-soak',
  folder,
  configFile,
  host: null,
  port: 0,
  env: process.env,
  log,
});
if (!started.ok) throw new Error(JSON.stringify(started.failure));
const gateway = started.value;

async function stop(): Promise<void> {
  await gateway.stop(5_000);
  // Handles close in the turn after they are asked to.
  await new Promise<void>((resolve) => void realClock.after(100, resolve));
  tell(measure());
  process.disconnect?.();
}

process.on('message', (message) => {
  if (message === 'measure') tell(measure());
  if (message === 'stop') void stop();
});
tell({ kind: 'ready', url: gateway.url });
