export { createCaller } from './caller.ts';
export { createEngine, type Engine, type EnginePorts } from './engine.ts';
export { createListener, type Listener, type ListenerStats, serverOptions } from './listener.ts';
export { createMeter, type LocalMeter } from './meter.ts';
