import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Result } from '../kernel/index.ts';
import { holdsState } from './open-state-store.ts';
import type { ServingVersion, StateStore } from './state-store.ts';
import { admin, must, offers, only, plan, refused, useStateStore } from './state-store.case.ts';

const bench = useStateStore();

const switchTo = async (offer: string, expectedVersion: number | null = null): Promise<ServingVersion> =>
  must(
    bench.store.switchServing({
      ...admin,
      route: 'r',
      shares: only(offer),
      reason: `to ${offer}`,
      expectedVersion,
    }),
  );
const back = async (): Promise<Result<ServingVersion>> =>
  bench.store.backServing({ ...admin, route: 'r', reason: 'back', expectedVersion: null });
const serves = async (): Promise<string | undefined> =>
  (await must(bench.store.currentServing())).find(({ route }) => route === 'r')?.shares[0]?.offer;

describe('switching and going back', () => {
  beforeEach(async () => {
    await must(bench.store.ensureServing(plan({ r: 'a@x' })));
  });

  test('switchServing() writes the next version and says what it replaced', async () => {
    const written = await switchTo('b@x', 1);
    expect(written).toMatchObject({
      route: 'r',
      version: 2,
      origin: 'switch',
      backTo: 1,
      actor: 'admin',
      at: 1_000,
    });
    expect(await must(bench.store.currentServing())).toEqual([written]);
    expect((await bench.outbox()).at(-1)).toMatchObject({
      event: 'serving.switched',
      subject: 'r',
      data: { version: 2, reason: 'to b@x', replacedVersion: 1, replacedShares: only('a@x') },
    });
  });

  test('switchServing() refuses a version that is not the one it saw', async () => {
    await switchTo('b@x');
    const answer = bench.store.switchServing({
      ...admin,
      route: 'r',
      shares: only('c@x'),
      reason: '',
      expectedVersion: 1,
    });
    expect(await refused(answer)).toBe(
      'CHG_SERVING_CONFLICT Cannot switch route "r": its serving is at version 2, not 1',
    );
    expect(await serves()).toBe('b@x');
    expect(await bench.outbox()).toHaveLength(2);
  });

  test('backServing() after backServing() goes on to older ones and never to and fro', async () => {
    for (const offer of ['b@x', 'c@x', 'd@x']) await switchTo(offer);
    const way: (string | undefined)[] = [];
    for (let step = 0; step < 3; step++) {
      await must(back());
      way.push(await serves());
    }
    expect(way).toEqual(['c@x', 'b@x', 'a@x']);
    expect(await refused(back())).toContain('CHG_SERVING_NO_PREVIOUS');
    expect((await must(bench.store.currentServing()))[0]).toMatchObject({ version: 7, origin: 'back' });
  });

  test('backServing() after a switch goes to what served just before that switch', async () => {
    await switchTo('b@x');
    await must(back());
    await switchTo('c@x');
    expect((await must(back())).shares).toEqual(only('a@x'));
    expect(await refused(back())).toContain('CHG_SERVING_NO_PREVIOUS');
  });

  test('backServing() goes over a switch that changed nothing', async () => {
    await switchTo('b@x');
    await switchTo('b@x');
    expect((await must(back())).shares).toEqual(only('a@x'));
  });

  test('backServing() behaves like undoing on a stack, whatever the order', async () => {
    const steps = fc.array(fc.constantFrom('back', ...offers), { minLength: 1, maxLength: 12 });
    let version = 1;
    const isLikeStack = fc.asyncProperty(steps, async (actions) => {
      // Starts from a fresh route, so that each run is on its own.
      version += 1;
      const route = `stack-${version}`;
      await must(bench.store.ensureServing(plan({ r: 'a@x', [route]: 'a@x' })));
      const stack = ['a@x'];
      for (const action of actions) {
        if (action === 'back') {
          const answer = await bench.store.backServing({
            ...admin,
            route,
            reason: '',
            expectedVersion: null,
          });
          expect(answer.ok).toBe(stack.length > 1);
          if (answer.ok) stack.pop();
        } else {
          const shares = only(action);
          await must(
            bench.store.switchServing({ ...admin, route, shares, reason: '', expectedVersion: null }),
          );
          if (stack.at(-1) !== action) stack.push(action);
        }
        const [head] = await must(bench.store.servingHistory(route, 1));
        expect(head?.shares).toEqual(only(stack.at(-1) ?? ''));
      }
    });
    await fc.assert(isLikeStack, { numRuns: 40 });
  });

  test('switchServing() takes weights, and knows the same split in other units', async () => {
    const split = [
      { offer: 'a@x', share: 1 },
      { offer: 'b@x', share: 3 },
    ];
    const request = { ...admin, route: 'r', reason: '', expectedVersion: null };
    expect((await must(bench.store.switchServing({ ...request, shares: split }))).backTo).toBe(1);
    const same = [
      { offer: 'b@x', share: 75 },
      { offer: 'a@x', share: 25 },
    ];
    expect((await must(bench.store.switchServing({ ...request, shares: same }))).backTo).toBe(1);
  });

  test.each([
    ['no offer', []],
    ['a share of zero', [{ offer: 'a@x', share: 0 }]],
    ['a share that is no number', [{ offer: 'a@x', share: NaN }]],
    ['one offer twice', [...only('a@x'), ...only('a@x')]],
    ['too many offers', Array.from({ length: 33 }, (_, index) => ({ offer: `o${index}`, share: 1 }))],
  ])('switchServing() refuses %s', async (_, shares) => {
    const answer = bench.store.switchServing({
      ...admin,
      route: 'r',
      shares,
      reason: '',
      expectedVersion: null,
    });
    expect(await refused(answer)).toContain('CHG_FIELD_INVALID Cannot accept the request: shares must');
  });

  test('switchServing() refuses unknown routes and offers', async () => {
    const request = { ...admin, route: 'r', shares: only('a@x'), reason: '', expectedVersion: null };
    expect(await refused(bench.store.switchServing({ ...request, route: 'q' }))).toContain(
      'CHG_ROUTE_UNKNOWN',
    );
    expect(await refused(bench.store.switchServing({ ...request, shares: only('e@x') }))).toContain(
      'CHG_OFFER_UNKNOWN',
    );
  });

  test('backServing() refuses to serve an offer that has gone', async () => {
    await switchTo('b@x');
    await must(bench.store.ensureServing(plan({ r: 'a@x' }, ['b@x', 'c@x'])));
    expect(await refused(back())).toBe('CHG_OFFER_UNKNOWN Cannot find offer "a@x"');
    expect(await serves()).toBe('b@x');
  });

  test('two writers that race win each version once and lose nothing', async () => {
    const other = await bench.open();
    const won: number[] = [];
    const race = async (writer: StateStore, name: string): Promise<void> => {
      for (let turn = 0; turn < 40; turn++) {
        const seen = (await must(writer.servingHistory('r', 1)))[0]?.version ?? 0;
        const shares = only(turn % 2 === 0 ? 'a@x' : 'b@x');
        const request = {
          ...admin,
          actor: name,
          route: 'r',
          shares,
          reason: `${name} ${turn}`,
          expectedVersion: seen,
        };
        const answer = await writer.switchServing(request);
        if (answer.ok) {
          expect(answer.value.version).toBe(seen + 1);
          won.push(answer.value.version);
        } else expect(answer.failure.code).toBe('CHG_SERVING_CONFLICT');
      }
    };
    await Promise.all([race(bench.store, 'one'), race(other, 'two')]);
    await other.close();
    const history = await must(bench.store.servingHistory('r', 1_000));
    expect(won.toSorted((one, two) => two - one)).toEqual(history.slice(0, -1).map(({ version }) => version));
    expect(new Set(won).size).toBe(won.length);
    expect(await bench.outbox()).toHaveLength(history.length);
  });

  test.each(["r'; DROP TABLE serving_head; --", '"', '\\', '$1', '../../etc', 'ключ', '😀', '__proto__'])(
    'a route may have the hostile name %o',
    async (route) => {
      await must(bench.store.ensureServing(plan({ r: 'a@x', [route]: 'a@x' })));
      const request = { ...admin, route, shares: only('b@x'), reason: route, expectedVersion: 1 };
      expect(await must(bench.store.switchServing(request))).toMatchObject({ route, reason: route });
      expect(await must(bench.store.servingHistory(route, 10))).toHaveLength(2);
      expect(await must(bench.store.currentServing())).toHaveLength(2);
    },
  );
});

describe('serving and the configuration', () => {
  const start = async (): Promise<void> => {
    await must(bench.store.ensureServing(plan({ r: 'a@x' })));
    await switchTo('b@x');
  };

  test('ensureServing() starts new routes and leaves a switch alone', async () => {
    await start();
    const again = await must(bench.store.ensureServing(plan({ r: 'a@x', s: 'c@x' })));
    expect(again.written).toEqual(['s']);
    expect(again.serving.map(({ route, shares }) => [route, shares[0]?.offer])).toEqual([
      ['r', 'b@x'],
      ['s', 'c@x'],
    ]);
    expect(await bench.eventNames()).toEqual(['serving.started', 'serving.switched', 'serving.started']);
  });

  test('ensureServing() resets a route whose value in the file has changed, with an event', async () => {
    await start();
    expect((await must(bench.store.ensureServing(plan({ r: 'c@x' })))).written).toEqual(['r']);
    expect(await serves()).toBe('c@x');
    expect((await bench.outbox()).at(-1)).toMatchObject({
      event: 'serving.reset',
      actor: 'config',
      data: { replacedShares: only('b@x') },
    });
    expect((await must(bench.store.ensureServing(plan({ r: 'c@x' })))).written).toEqual([]);
    expect((await must(back())).shares).toEqual(only('b@x'));
  });

  test('ensureServing() resets to the value of the file even if a switch had come to it before', async () => {
    await start();
    expect((await must(bench.store.ensureServing(plan({ r: 'b@x' })))).written).toEqual(['r']);
    await switchTo('c@x');
    expect((await must(bench.store.ensureServing(plan({ r: 'b@x' })))).written).toEqual([]);
    expect(await serves()).toBe('c@x');
  });

  test('ensureServing() fails and writes nothing when an offer that serves has gone', async () => {
    await start();
    const before = await bench.outbox();
    expect(await refused(bench.store.ensureServing(plan({ r: 'a@x', s: 'a@x' }, ['a@x'])))).toBe(
      'CHG_CONFIG_INVALID Cannot use the configuration: route "r" serves "b@x", which is not among the offers; ' +
        'keep the offer, or switch the route to another one first',
    );
    expect(await bench.outbox()).toEqual(before);
    expect(await must(bench.store.currentServing())).toHaveLength(1);
    await switchTo('c@x');
  });

  test('ensureServing() as a dry run says what would happen and writes nothing', async () => {
    await start();
    const outcome = await must(bench.store.ensureServing({ ...plan({ r: 'd@x' }), dryRun: true }));
    expect(outcome.serving[0]?.shares).toEqual(only('d@x'));
    expect(await serves()).toBe('b@x');
    expect(await refused(bench.store.ensureServing({ ...plan({ r: 'e@x' }), dryRun: true }))).toContain(
      '"e@x"',
    );
  });

  test('a route that is taken out keeps its history and goes on when it comes back', async () => {
    await start();
    await must(bench.store.ensureServing(plan({})));
    expect(await must(bench.store.currentServing())).toEqual([]);
    expect(await must(bench.store.servingHistory('r', 10))).toHaveLength(2);
    expect(await refused(back())).toContain('CHG_ROUTE_UNKNOWN');
    expect((await must(bench.store.ensureServing(plan({ r: 'a@x' })))).written).toEqual([]);
    expect(await serves()).toBe('b@x');
  });

  test('a route that comes back after its offer has gone starts from the file again', async () => {
    await start();
    await must(bench.store.ensureServing(plan({}, ['a@x'])));
    expect((await must(bench.store.ensureServing(plan({ r: 'a@x' }, ['a@x'])))).written).toEqual(['r']);
    expect((await must(bench.store.currentServing()))[0]).toMatchObject({ version: 3, shares: only('a@x') });
  });

  test('ensureServing() checks nothing against offers that are not known', async () => {
    await must(bench.store.ensureServing(plan({ r: 'any@where' }, null)));
    await switchTo('other@where');
    expect(await serves()).toBe('other@where');
  });

  test('serving outlives the process', async () => {
    await start();
    await bench.reopen();
    expect(await serves()).toBe('b@x');
    expect(holdsState(bench.folder)).toBe(true);
  });
});
