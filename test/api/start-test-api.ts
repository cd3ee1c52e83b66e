import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, createApi } from '../../src/api/index.ts';
import {
  createIdSource,
  createManualClock,
  createSeededRandom,
  type ManualClock,
} from '../../src/kernel/index.ts';
import { MemoryControlPlane } from './memory-control-plane.ts';

export interface TestApi {
  readonly url: string;
  readonly port: number;
  readonly adminKey: string;
  readonly plane: MemoryControlPlane;
  readonly api: Api;
  readonly clock: ManualClock;
  /** What was answered with 500. */
  readonly mistakes: unknown[];
  close(): Promise<void>;
}

/**
 * Serves the admin API over an in-memory control plane on loopback; what it does not claim gets 404 as text.
 */
export async function startTestApi(): Promise<TestApi> {
  const clock = createManualClock();
  const random = createSeededRandom(42);
  const plane = new MemoryControlPlane(clock);
  const adminKey = 'chga_test-admin-key';
  const mistakes: unknown[] = [];
  const api = createApi({
    controlPlane: plane,
    isAdminKey: (candidate) => candidate === adminKey,
    clock,
    ids: createIdSource(clock, random),
    random,
    onMistake: (error) => mistakes.push(error),
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://changeover');
    void api.handle(request, response, url).then((isHandled) => {
      if (!isHandled) response.writeHead(404, { 'content-type': 'text/plain' }).end('not claimed');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    adminKey,
    plane,
    api,
    clock,
    mistakes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
