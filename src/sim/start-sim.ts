import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dialect } from '../kernel/index.ts';
import { answerRequest, type SimState } from './answer-request.ts';
import { planPaths } from './endpoint-paths.ts';
import { createFaultScript, type Fault } from './faults.ts';
import { createFixedAnswer } from './fixed-answer.ts';
import { createPrefixCache } from './prefix-cache.ts';
import { createRequestLog } from './request-log.ts';
import { createTally } from './tally.ts';
import type { Sim, SimOptions } from './types.ts';
import { type VendorDoor, vendorFacts } from './vendors.ts';

/** Requests kept for `requests()` unless told otherwise. */
const keptRequests = 64;

/**
 * Starts a simulated endpoint: a real HTTP server on loopback that behaves as the vendor does. Rejects
 * when the port is taken or a dialect cannot be simulated.
 */
export async function startSim(options: SimOptions): Promise<Sim> {
  const state = createState(options);
  const server = createServer({ keepAliveTimeout: 0 });
  const { fixed } = options;
  const answerFixed =
    fixed === undefined ? null : createFixedAnswer(state.facts, state.paths, { ...options, fixed });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (answerFixed === null || !answerFixed(request, response)) answerRequest(state, request, response);
  });
  // Half-open and garbage connections are normal here: faults make them.
  server.on('clientError', (_error, socket) => void socket.destroy());
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host ?? '127.0.0.1';
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  let openConnections = 0;
  server.on('connection', (socket) => {
    openConnections += 1;
    socket.once('close', () => void (openConnections -= 1));
  });
  const toUrls = (toPath: (door: VendorDoor) => string): Partial<Record<Dialect, string>> =>
    Object.fromEntries(state.paths.doors.map((door) => [door.dialect, url + toPath(door)]));
  return {
    vendor: options.vendor,
    models: state.models,
    url,
    baseUrls: toUrls((door) => door.basePath),
    doorUrls: toUrls((door) => door.paths[0] ?? ''),
    modelsUrl: url + state.paths.modelsPath,
    requests: () => state.log.list(),
    stats: () => state.tally.toStats(openConnections),
    setFault: (script) => {
      state.script = script === null ? null : createFaultScript(script, options.seed);
    },
    close: () => close(server),
  };
}

function createState(options: SimOptions): SimState {
  const facts = vendorFacts[options.vendor];
  const script: Fault | readonly Fault[] | null = options.script ?? null;
  return {
    options,
    facts,
    paths: planPaths(facts, options.dialects),
    models: options.models ?? facts.models,
    script: script === null ? null : createFaultScript(script, options.seed),
    cache: createPrefixCache(),
    log: createRequestLog(options.keepRequests ?? keptRequests),
    tally: createTally(options.price ?? null),
    sockets: new WeakSet(),
    calls: 0,
  };
}

function listen(server: Server, options: SimOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
