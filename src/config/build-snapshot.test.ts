import { describe, expect, test } from 'vitest';
import type { KeyRecord } from '../kernel/index.ts';
import type { Serving } from '../routing/index.ts';
import {
  buildSnapshot,
  findServingObjection,
  parseConfig,
  type Settings,
  toFirstServing,
  toSettings,
} from './index.ts';

const text = `
endpoints:
  sim-openai: { profile: sim-openai, jurisdiction: { runs_in: US } }
  sim-glm:    { profile: sim-glm, jurisdiction: { runs_in: CN } }
routes:
  open: { serve: frontier@sim-openai }
  us:   { serve: frontier@sim-openai, allow: { runs_in: [US] } }
`;

function settingsOf(yaml: string): Settings {
  const parsed = parseConfig(yaml, 'changeover.yaml');
  if (!parsed.ok) throw new Error(parsed.problems[0]?.text);
  const resolved = toSettings(parsed.config, { env: {}, readFile: () => '', simulators: {} });
  if (!resolved.ok) throw new Error(resolved.problems[0]?.text);
  return resolved.settings;
}

const settings = settingsOf(text);
const key: KeyRecord = {
  id: 'key_1',
  org: 'main',
  team: null,
  name: 'k',
  hash: 'ab',
  hint: 'chg_abcd',
  routes: null,
  limits: { maxConcurrent: null, budget: null },
  expiresAt: null,
  revokedAt: null,
  createdAt: 0,
};

function servingOf(offers: Readonly<Record<string, string>>): Map<string, Serving> {
  return new Map(
    Object.entries(offers).map(([route, offer]) => [
      route,
      { route, version: 2, shares: [{ offer, share: 1 }], reason: '', actor: 'admin', at: 1 },
    ]),
  );
}

function build(offers: Readonly<Record<string, string>>): ReturnType<typeof buildSnapshot> {
  return buildSnapshot(settings, {
    version: 7,
    keys: [key],
    serving: servingOf(offers),
    credentials: new Map(),
  });
}

describe('buildSnapshot()', () => {
  test('joins settings and state', () => {
    const snapshot = build({ open: 'value@sim-glm', us: 'frontier@sim-openai', gone: 'x@y' });
    expect(snapshot.ok).toBe(true);
    if (!snapshot.ok) return;
    expect(snapshot.value.version).toBe(7);
    expect(snapshot.value.configHash).toBe(settings.hash);
    expect(snapshot.value.keys.get('ab')).toBe(key);
    expect([...snapshot.value.serving.keys()]).toEqual(['open', 'us']);
    expect(snapshot.value.serving.get('open')?.shares[0]?.offer).toBe('value@sim-glm');
  });

  test.each([
    ['a route without serving', { open: 'value@sim-glm' }, 'route "us" has no serving'],
    [
      'an offer that serves and is gone',
      { open: 'old@sim-glm', us: 'frontier@sim-openai' },
      '"old@sim-glm" serves route "open", and there is no such offer',
    ],
    [
      'an offer that serves and is not allowed',
      { open: 'value@sim-glm', us: 'value@sim-glm' },
      'route "us" does not allow "value@sim-glm": inference runs in "CN", allowed is US',
    ],
  ])('refuses %s', (_name, offers, reason) => {
    expect(build(offers)).toEqual({
      ok: false,
      failure: { code: 'CHG_CONFIG_INVALID', detail: { reason } },
    });
  });
});

describe('findServingObjection()', () => {
  test('judges a switch before it is written', () => {
    expect(findServingObjection(settings, 'open', 'value@sim-glm')).toBeNull();
    expect(findServingObjection(settings, 'us', 'value@sim-glm')).toContain('does not allow');
    expect(findServingObjection(settings, 'nowhere', 'value@sim-glm')).toContain('no route');
  });
});

describe('toFirstServing()', () => {
  test('is version 1 with what the configuration says', () => {
    const route = settings.routes.get('open');
    expect(route && toFirstServing(route, 5)).toMatchObject({
      route: 'open',
      version: 1,
      shares: [{ offer: 'frontier@sim-openai', share: 1 }],
      actor: 'config',
      at: 5,
    });
  });
});
