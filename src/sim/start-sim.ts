import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import type { Dialect } from '../kernel/index.ts';
import { answerRequest, type SimState } from './answer-request.ts';
import { planPaths } from './endpoint-paths.ts';
import { createFaultScript, type Fault } from './faults.ts';
import { createFixedResponder } from './fixed-answer.ts';
import { createFixedServer } from './fixed-server.ts';
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
  const endpoint = createEndpoint(state);
  const { server } = endpoint;
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
    close: () => close(endpoint),
  };
}

interface EndpointServer {
  readonly server: NetServer;
  /** Cuts every open connection. */
  readonly cut: () => void;
}

function createEndpoint(state: SimState): EndpointServer {
  const { options, facts, paths } = state;
  if (options.fixed !== undefined) {
    const respond = createFixedResponder(facts, paths, { ...options, fixed: options.fixed });
    return createFixedServer((request) => {
      state.tally.countRequest();
      return respond(request);
    });
  }
  // Idle connections stay open until the sim is closed: a test decides when they end, not a timer.
  const server = createServer({ keepAliveTimeout: 0 });
  server.on('request', (request: IncomingMessage, response: ServerResponse) =>
    answerRequest(state, request, response),
  );
  // Half-open and garbage connections are normal here: faults make them.
  server.on('clientError', (_error, socket) => void socket.destroy());
  return { server, cut: () => server.closeAllConnections() };
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

function listen(server: NetServer, options: SimOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close({ server, cut }: EndpointServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    cut();
  });
}
