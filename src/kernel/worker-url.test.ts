import { expect, test } from 'vitest';
import { workerUrl } from './worker-url.ts';

test('workerUrl() takes the .ts ending in a clone', () => {
  expect(workerUrl('file:///repo/src/store/open.ts', './store-worker').href).toBe(
    'file:///repo/src/store/store-worker.ts',
  );
});

test('workerUrl() takes the .js ending in the published package', () => {
  expect(workerUrl('file:///app/dist/store/open.js', '../ledger/ledger-worker').href).toBe(
    'file:///app/dist/ledger/ledger-worker.js',
  );
});
