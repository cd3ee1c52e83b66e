import { describe, expect, test } from 'vitest';
import { type Allowance, findObjection, isAllowed, type Jurisdiction } from './index.ts';

const singapore: Jurisdiction = {
  runsIn: 'unknown',
  dataIn: 'SG',
  operator: 'alibaba',
  operatorCountry: 'CN',
};
const open: Allowance = { runsIn: null, dataIn: null, operators: null };

const cases: readonly (readonly [string, Partial<Allowance>, boolean])[] = [
  ['everything when no list is given', {}, true],
  ['a country of data that is listed', { dataIn: ['SG', 'MY'] }, true],
  ['no country of data that is not listed', { dataIn: ['MY'] }, false],
  ['nothing by an empty list', { dataIn: [] }, false],
  ['no unknown place, even when "unknown" is listed', { runsIn: ['unknown'] }, false],
  ['an operator by name', { operators: ['alibaba'] }, true],
  ['an operator by country', { operators: ['CN'] }, true],
  ['no other operator', { operators: ['openai', 'US'] }, false],
  ['only what all lists permit', { dataIn: ['SG'], operators: ['US'] }, false],
];

describe('isAllowed()', () => {
  test.each(cases)('permits %s', (_name, change, expected) => {
    const allow = { ...open, ...change };
    expect(isAllowed(allow, singapore)).toBe(expected);
    expect(findObjection(allow, singapore) === null).toBe(expected);
  });
});

describe('findObjection()', () => {
  test('names what stands against it and what would be allowed', () => {
    expect(findObjection({ ...open, runsIn: ['SG'] }, singapore)).toBe(
      'inference runs in "unknown", allowed is SG',
    );
  });
});
