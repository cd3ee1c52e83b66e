// What admins do meanwhile: switch, go back, change the file, make and revoke keys, look around.
import { renameSync, writeFileSync } from 'node:fs';

import type { Random } from '../../src/kernel/index.ts';
import { askAdmin, createKey } from '../e2e/admin-client.ts';

const offers = ['m@good', 'm@second'] as const;
const switchMs = 400;
/** Steps between two changes of the file; it is looked at twice a second. */
const reloadSteps = 7;
const keySteps = 3;

/** Writes a configuration that differs from one version to the next, as a person would replace the file. */
export function writeConfig(file: string, upstream: string, version: number): void {
  const price = '{ m: { input: 0.1, output: 0.3 } }';
  const endpoint = (path: string): string =>
    `{ profile: openai-compatible, url: "${upstream}${path}/v1", models: [m], prices: ${price} }`;
  const spare = version % 2 === 0 ? `  spare: ${endpoint('/spare')}\n` : '';
  const text = `endpoints:
  good: ${endpoint('/good')}
  second: ${endpoint('/second')}
  bad: ${endpoint('/bad')}
${spare}routes:
  main: { serve: m@good, fallback: [m@second], timeouts: { total: ${60 + (version % 9)}s } }
  falling: { serve: m@bad, fallback: [m@good] }
  kept: { serve: m@good, bodies: { keep: 1h } }
`;
  writeFileSync(`${file}.partial`, text);
  renameSync(`${file}.partial`, file);
}

interface ChurnOptions {
  readonly url: string;
  readonly adminKey: string;
  readonly config: string;
  readonly upstream: string;
  readonly random: Random;
  readonly isOver: () => boolean;
}

interface Changed {
  switches: number;
  reloads: number;
  keys: number;
}

/** Changes things until it is over; rejects when the admin API refuses what it should take. */
export async function churn(options: ChurnOptions): Promise<Changed> {
  const { config, upstream, random, isOver } = options;
  const done: Changed = { switches: 0, reloads: 0, keys: 0 };
  for (let step = 1; !isOver(); step++) {
    const offer = offers[Math.floor(random.unit() * offers.length)];
    const switched = await askAdmin(options, 'PUT /api/routes/main/serving', {
      offer,
      reason: `step ${step}`,
    });
    if (switched.status !== 200) throw new Error(`Cannot switch: ${JSON.stringify(switched)}`);
    done.switches++;
    if (step % reloadSteps === 0) writeConfig(config, upstream, ++done.reloads);
    if (step % keySteps === 0) {
      const { id } = await createKey(options, { routes: ['main'] });
      const revoked = await askAdmin(options, `DELETE /api/keys/${id}`);
      if (revoked.status >= 300) throw new Error(`Cannot revoke a key: ${JSON.stringify(revoked)}`);
      done.keys++;
      await askAdmin(options, 'GET /api/calls?limit=20');
    }
    await new Promise((resolve) => setTimeout(resolve, switchMs));
  }
  return done;
}
