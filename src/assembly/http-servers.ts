import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import type { ListenSettings } from '../config/index.ts';
import { serverOptions } from '../gateway/index.ts';
import { failure, type Result, success } from '../kernel/index.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A listening server. */
export interface RunningServer {
  readonly server: Server;
  /** As people write it: loopback and wildcard addresses become 127.0.0.1. */
  readonly url: string;
  /** Takes no new connections; resolves when the open ones have ended. */
  close(): Promise<void>;
  /** Cuts what is left. */
  destroy(): void;
}

function toUrl(server: Server, settings: ListenSettings): string {
  const { port } = server.address() as AddressInfo;
  const { host } = settings;
  const isLocal = host === '127.0.0.1' || host === '0.0.0.0' || host === '::' || host === 'localhost';
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${settings.tls === null ? 'http' : 'https'}://${isLocal ? '127.0.0.1' : shown}:${port}`;
}

/** Starts listening; an occupied port or a wrong address is a failure that names both. */
export function listen(
  settings: ListenSettings,
  handler: RequestHandler,
  maxConnections: number,
): Promise<Result<RunningServer>> {
  const server =
    settings.tls === null
      ? createServer(serverOptions, handler)
      : createTlsServer(
          { ...serverOptions, cert: settings.tls.certificate, key: settings.tls.key.reveal() },
          handler,
        );
  server.maxConnections = maxConnections;
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const place = `${settings.host}:${settings.port}`;
      const reason =
        error.code === 'EADDRINUSE'
          ? `${place} is in use by another program; choose another one with --port`
          : `cannot listen on ${place}: ${error.code ?? error.message}`;
      resolve(failure('CHG_START_REFUSED', { reason }));
    });
    server.listen(settings.port, settings.host, () => {
      server.removeAllListeners('error');
      // A socket error of one client must not end the process.
      server.on('error', () => undefined);
      resolve(
        success({
          server,
          url: toUrl(server, settings),
          close: () =>
            new Promise((closed) => {
              server.close(() => closed());
              server.closeIdleConnections();
            }),
          destroy: () => server.closeAllConnections(),
        }),
      );
    });
  });
}
