export { type Fault, type FaultName, type FaultRule, faultTable, isFaultName } from './faults.ts';
export type { Recording } from './recording.ts';
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
