import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig, toProblemText } from './index.ts';

function readBlocks(page: string): string[] {
  const text = readFileSync(path.join(import.meta.dirname, '../../docs/guide', page), 'utf8');
  return [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
}

function errorsOf(text: string): string[] {
  const parsed = parseConfig(text, 'guide');
  return parsed.ok ? [] : parsed.problems.map(toProblemText);
}

describe('the examples of the guides', () => {
  const [whole = ''] = readBlocks('configuration.md');
  const endpoints = whole.slice(0, whole.indexOf('routes:'));

  test('are a configuration', () => {
    expect(endpoints).toContain('endpoints:');
    expect(errorsOf(whole)).toEqual([]);
  });

  const parts = readBlocks('routes-and-switching.md');

  test('are all seen', () => {
    expect(parts).toHaveLength(3);
  });

  test.each(parts)('are routes: %s', (part) => {
    const routes = part.startsWith('routes:') ? part : `routes:\n${part.replaceAll(/^(?=.)/gm, '  ')}`;
    expect(errorsOf(endpoints + routes)).toEqual([]);
  });
});
