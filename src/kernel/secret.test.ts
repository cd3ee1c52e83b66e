import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import { failures } from './failures.ts';
import { toFailureText, toRemedyText } from './failure-text.ts';
import { Secret } from './secret.ts';

test('a secret shows itself in no print, template, JSON, spread or inspection', () => {
  const secret = new Secret('hunter2-hunter2');
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    Object.values(secret).join(),
  ].join('|');
  expect(shown).not.toContain('hunter2');
  expect(secret.reveal()).toBe('hunter2-hunter2');
});

test('every failure is told in a sentence of the house, with a remedy', () => {
  for (const [code, spec] of Object.entries(failures)) {
    expect(code).toMatch(/^CHG_[A-Z_]+$/);
    expect(spec.text, code).toMatch(/^[A-Z{].*[^.]$/s);
    expect(spec.text, code).not.toMatch(/can't|won't/i);
    expect(spec.remedy, code).toMatch(/^[A-Z].*[^.]$/s);
    expect(spec.status, code).toBeGreaterThanOrEqual(400);
  }
});

test("a failure's places are filled from its details; one that is missing keeps its braces", () => {
  const failed = { code: 'CHG_ROUTE_FORBIDDEN', detail: { route: 'support' } } as const;
  expect(toFailureText(failed)).toBe('Cannot use route "support": key "{key}" does not list it');
  expect(toRemedyText({ code: 'CHG_NO_OFFER', detail: { route: 'a' } })).toContain('changeover route show a');
});
