import type { Clock } from '../kernel/index.ts';
import type { Sim, SimVendor } from '../sim/index.ts';

/** The simulated endpoints inside this process. */
export interface Simulators {
  /** Starts those that are not running yet and returns the origin of each by profile name. */
  ensure(profiles: readonly string[]): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** One seed for all: the same question gets the same answer at every start. */
const seed = 20_261_123;

/** Creates the set; nothing runs, and nothing of the simulators is loaded, until a configuration names one. */
export function createSimulators(clock: Clock): Simulators {
  const running = new Map<string, Sim>();
  return {
    async ensure(profiles) {
      if (profiles.some((profile) => !running.has(profile))) {
        const { simVendors, startSim } = await import('../sim/index.ts');
        const isVendor = (name: string): name is SimVendor => simVendors.some((vendor) => vendor === name);
        await Promise.all(
          profiles.map(async (profile) => {
            const vendor = profile.replace(/^sim-/, '');
            if (running.has(profile) || !isVendor(vendor)) return;
            running.set(profile, await startSim({ vendor, seed, clock, keepRequests: 0 }));
          }),
        );
      }
      return Object.fromEntries([...running].map(([profile, sim]) => [profile, sim.url]));
    },
    async close() {
      await Promise.all([...running.values()].map((sim) => sim.close()));
      running.clear();
    },
  };
}
