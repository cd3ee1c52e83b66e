export { checkConfigFile } from './check-config-file.ts';
export type { RunningGateway } from './gateway.ts';
export { createLog, type Log } from './log.ts';
export { realClock, realRandom } from './real-ports.ts';
export { serve, type ServeOptions } from './serve.ts';
export type { ServerOptions } from './server-options.ts';
export { simulate } from './simulate.ts';
export { startServer } from './start-server.ts';
