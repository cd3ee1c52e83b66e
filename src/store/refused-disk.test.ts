// What a disk refuses must arrive as a sentence that says so, and must not stop the process.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { openStateStore } from './open-state-store.ts';
import { startProcess } from './process.case.ts';
import { acquireProcessLock } from './process-lock.ts';
import { must, refused } from './state-store.case.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chg-disk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `work` without the rights of root, who may write everywhere. */
function withoutRoot<Value>(work: () => Value): Value {
  const { seteuid } = process;
  if (process.getuid?.() !== 0 || seteuid === undefined) return work();
  const nobody = 65_534;
  seteuid(nobody);
  try {
    return work();
  } finally {
    seteuid(0);
  }
}

test.skipIf(process.platform === 'win32')(
  'a folder that may not be written to is refused with its remedy',
  () => {
    openDatabase(path.join(folder, 'changeover.db')).close();
    chmodSync(folder, 0o555);
    const lock = withoutRoot(() => acquireProcessLock(folder));
    expect(lock.ok ? '' : lock.failure.detail['reason']).toContain(
      'check that the data folder exists and belongs',
    );
    expect(() => withoutRoot(() => openDatabase(path.join(folder, 'new.db')))).toThrow('EACCES');
    expect(() => withoutRoot(() => openDatabase(path.join(folder, 'changeover.db')))).toThrow('EACCES');
    chmodSync(folder, 0o700);
  },
);

test('openStateStore() refuses a folder below a file, and a folder in the place of the file', async () => {
  writeFileSync(path.join(folder, 'file'), '');
  const below = openStateStore({ folder: path.join(folder, 'file', 'data'), now: 1 });
  expect(await refused(below)).toMatch(/^CHG_START_REFUSED .*(ENOTDIR|EEXIST|ENOENT)/);
  mkdirSync(path.join(folder, 'changeover.db'));
  expect(await refused(openStateStore({ folder, now: 1 }))).toContain('Cannot open "');
});

test('openStateStore() refuses a damaged file and says what to do', async () => {
  writeFileSync(path.join(folder, 'changeover.db'), 'x'.repeat(10_000));
  expect(await refused(openStateStore({ folder, now: 1 }))).toContain('restore the file from a backup');
});

test('openStateStore() refuses the data of a newer version', async () => {
  const store = await must(openStateStore({ folder, now: 1 }));
  await store.close();
  const database = openDatabase(path.join(folder, 'changeover.db'));
  database.run("INSERT INTO migration VALUES ('9999-future', 'sha', 1)");
  database.close();
  expect(await refused(openStateStore({ folder, now: 1 }))).toContain('is of a newer version of Changeover');
});

test.skipIf(process.platform === 'win32')(
  'a disk that takes no more fails the change and nothing else',
  async () => {
    // The limit on the size of files stands for a full disk: the system refuses the write in the same place.
    const writer = startProcess(
      `const state = (await store.openStateStore({ folder, now: 1 })).value;
     const change = { actor: 'admin', at: 1 };
     let last = { ok: true };
     let kept = 0;
     const sealed = new Uint8Array(50_000);
     for (; last.ok && kept < 1_000; kept++) last = await state.putSecret('s' + kept, sealed, change);
     const names = await state.listSecretNames();
     await state.close();
     const { code, detail } = last.failure;
     say({ code, text: detail.reason, kept: kept - 1, found: names.value.length });`,
      folder,
      ['/bin/sh', '-c', 'ulimit -f 2000; exec "$@"', 'sh'],
    );
    const said = JSON.parse(await writer.nextLine()) as Record<string, unknown>;
    await writer.rest();
    expect(said).toMatchObject({
      code: 'CHG_STORE_FAILED',
      text: expect.stringContaining('check the disk') as string,
    });
    expect(said['kept']).toBeGreaterThan(0);
    expect(said['found']).toBe(said['kept']);
    const store = await must(openStateStore({ folder, now: 1 }));
    expect(await must(store.listSecretNames())).toHaveLength(Number(said['kept']));
    expect(await must(store.readOutbox(10_000))).toHaveLength(Number(said['kept']));
    await store.close();
  },
);
