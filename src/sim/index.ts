export {
  parseSimArguments,
  type ParsedSettings,
  runSim,
  type SimIo,
  type SimSettings,
  simUsage,
} from './command.ts';
export { type Fault, type FaultName, type FaultRule, faultTable } from './faults.ts';
export { loadRecording, type RecordedAnswer, type Recording, toRecording } from './recording.ts';
export { startSim } from './start-sim.ts';
export {
  type Sim,
  type SimFixed,
  type SimOptions,
  type SimPrice,
  type SimRequest,
  type SimSpeed,
  type SimStats,
  type SimVendor,
  simVendors,
} from './types.ts';
