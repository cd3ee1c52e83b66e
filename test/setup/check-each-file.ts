// Runs in every test file: no connection may leave loopback, and what a file starts it must close.
import { readFileSync, rmSync } from 'node:fs';
import { afterAll, expect } from 'vitest';
import './loopback-only.mjs';

/**
 * Kinds of handle that keep running when a test forgets to close them. Sockets are left out: pools keep them
 * idle.
 */
const leakable = ['TCPServerWrap', 'PipeServerWrap', 'ProcessWrap', 'FSEventWrap'];

/** How often to look again before calling a handle leaked: closing takes some turns of the event loop. */
const leakLooks = 200;

function countHandles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (leakable.includes(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

const before = countHandles();

function findLeaks(): string[] {
  return [...countHandles()]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${count - (before.get(kind) ?? 0)} ${kind}`);
}

function takeOutsideReport(): string {
  const reportFile = process.env['CHG_TEST_OUTSIDE_FILE'];
  if (reportFile === undefined) return '';
  try {
    const text = readFileSync(reportFile, 'utf8');
    rmSync(reportFile, { force: true });
    return text;
  } catch (error) {
    // No file means that nothing went outside.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

afterAll(async () => {
  for (let look = 0; look < leakLooks && findLeaks().length > 0; look++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(findLeaks(), 'what this test file started it must close').toEqual([]);
  expect(takeOutsideReport(), 'tests may connect to loopback only').toBe('');
});
