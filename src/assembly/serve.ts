import { spawn } from 'node:child_process';

import { toFailureText, toRemedyText } from '../kernel/index.ts';
import { createLog } from './log.ts';
import { realClock } from './real-ports.ts';
import type { RunningGateway } from './gateway.ts';
import type { ServerOptions } from './server-options.ts';
import { startServer } from './start-server.ts';

export interface ServeOptions extends Omit<ServerOptions, 'log'> {
  /** Open the browser at the first start on a terminal. */
  readonly opensBrowser: boolean;
  /** Secrets are printed on a terminal only. */
  readonly isTerminal: boolean;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** Time that calls in flight get after SIGTERM; container platforms kill after 30 s. */
const drainMs = 25_000;
/** The first link must be used soon; a new one is one command away. */
const linkMs = 15 * 60_000;
const firstKeyMs = 60 * 60_000;

function openBrowser(url: string): void {
  const commands: Partial<Record<NodeJS.Platform, readonly string[]>> = {
    darwin: ['open', url],
    win32: ['cmd', '/c', 'start', '', url],
  };
  const [command = 'xdg-open', ...parameters] = commands[process.platform] ?? ['xdg-open', url];
  const child = spawn(command, parameters, { stdio: 'ignore', detached: true });
  // No browser on this machine: the printed link is enough.
  child.on('error', () => undefined);
  child.unref();
}

/** The first start's help: a link that signs in once, and a call to copy. Only ever on a terminal. */
async function greet(gateway: RunningGateway, options: ServeOptions): Promise<void> {
  const { url, controlPlane } = gateway;
  const { token } = gateway.issueLink(linkMs);
  const link = `${url}/#token=${token}`;
  const created = await controlPlane.createKey(
    {
      name: 'first call',
      org: 'main',
      team: null,
      routes: ['demo'],
      maxConcurrent: 4,
      budget: null,
      expiresAt: realClock.now() + firstKeyMs,
    },
    'system',
  );
  const lines = ['', `  Open   ${link}`, '         (works once, for 15 minutes)', ''];
  if (created.ok && controlPlane.snapshot().routes.has('demo')) {
    const body = '{"model":"demo","messages":[{"role":"user","content":"Hello!"}]}';
    lines.push(
      '  Try    (key works for an hour, for the route "demo" only)',
      `         curl ${url}/v1/chat/completions \\`,
      `           -H "authorization: Bearer ${created.value.key.reveal()}" \\`,
      `           -H "content-type: application/json" -d '${body}'`,
      '',
    );
  }
  options.writeOut(`${lines.join('\n')}\n`);
  if (options.opensBrowser) openBrowser(link);
}

/** Signals of the process, from the first moment on: one that comes while the gateway starts stops it too. */
interface Signals {
  /** The name of the first signal that asks to stop. */
  readonly stopAsked: Promise<string>;
  onReload: () => void;
}

function watchSignals(): Signals {
  let stopping = false;
  const signals = {
    stopAsked: new Promise<string>((resolve) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) {
        process.on(name, () => {
          // Asked twice: whoever asks does not want to wait.
          if (stopping) process.exit(130);
          stopping = true;
          resolve(name);
        });
      }
    }),
    onReload: (): void => undefined,
  };
  process.on('SIGHUP', () => signals.onReload());
  return signals;
}

/** Runs the gateway until it is told to stop; returns the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  const signals = watchSignals();
  const log = createLog(options.writeError, () => realClock.now());
  process.on('unhandledRejection', (error) => log.mistake(error, 'unhandled rejection'));
  const started = await startServer({ ...options, log });
  if (!started.ok) {
    options.writeError(`${toFailureText(started.failure)}\nRemedy: ${toRemedyText(started.failure)}\n`);
    return 1;
  }
  const gateway = started.value;
  for (const text of gateway.found) log.info(text);
  options.writeOut(`Changeover serves on ${gateway.url} (data in ${gateway.folder})\n`);
  if (gateway.isFirstStart && options.isTerminal) await greet(gateway, options);
  signals.onReload = () => void gateway.reload();
  const signal = await signals.stopAsked;
  options.writeError(`Stopping on ${signal}: new calls are refused, calls in flight end first\n`);
  await gateway.stop(drainMs);
  return 0;
}
