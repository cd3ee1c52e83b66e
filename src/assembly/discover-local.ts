import type { Endpoint } from '../catalog/index.ts';
import { type Discovery, discover } from '../config/index.ts';
import { type Egress, readText } from '../endpoint/index.ts';
import type { Clock } from '../kernel/index.ts';

const probeMs = 300;
const probeBytes = 1024 * 1024;

/** Only loopback is asked, without a key. */
const localPlace: Endpoint = {
  name: 'discovery',
  profile: { name: 'discovery', streamUsage: 'always', errorCodes: {}, evidence: 'documented' },
  doors: [],
  modelsUrl: null,
  jurisdiction: { runsIn: 'unknown', dataIn: 'unknown', operatorCountry: 'unknown', operator: 'self' },
  tls: null,
  privateAllowed: true,
  phases: {
    connectMs: probeMs,
    firstByteMs: probeMs,
    firstTokenMs: probeMs,
    idleMs: probeMs,
    totalMs: probeMs,
  },
  simulated: false,
};

export interface DiscoverOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly egress: Egress;
  readonly clock: Clock;
}

/** Makes a configuration of the keys in the environment and the model servers on this machine. */
export function discoverLocal({ env, egress, clock }: DiscoverOptions): Promise<Discovery> {
  return discover({
    env,
    isOn: env['CHANGEOVER_DISCOVER'] !== '0',
    async probe(url) {
      try {
        const request = {
          endpoint: localPlace,
          url,
          headers: [],
          timeoutMs: probeMs,
          limitBytes: probeBytes,
        };
        return await readText(egress, clock, request);
      } catch {
        // Nothing listens there, which is the usual case and no failure.
        return null;
      }
    },
  });
}
