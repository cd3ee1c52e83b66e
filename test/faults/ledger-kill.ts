// Kills a process with SIGKILL in the middle of its writing, again and again on the same ledger, and looks
// whether each row that it said to be on disk is there, and whether the chain verifies. By hand: node
// test/faults/ledger-kill.ts 20
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createSeededRandom } from '../../src/kernel/index.ts';
import { verifyDataFolder } from '../../src/ledger/verify.ts';
import { openVault } from '../../src/vault/index.ts';

const childFile = fileURLToPath(new URL('./ledger-kill-child.ts', import.meta.url));

export interface KillOutcome {
  readonly kills: number;
  /** Rows that the processes said to be on disk. */
  readonly acknowledged: number;
  /** … and that are not there. */
  readonly lost: readonly string[];
  /** Verifications that found something, in words. */
  readonly faults: readonly string[];
  /** Calls that the next start found open. */
  readonly interrupted: number;
}

/** Starts a writer, kills it `afterMs` after its first row, and returns what it acknowledged. */
async function runOnce(parameters: readonly string[], afterMs: number): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [childFile, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let timer: NodeJS.Timeout | null = null;
  child.stdout?.on('data', (piece: Buffer) => {
    text += piece.toString();
    timer ??= setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  await once(child, 'close');
  // A last line without its end was not said in full.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

function findLost(file: string, lines: readonly string[]): string[] {
  // Not read-only: the log of a killed process is to be recovered as the next start would do it.
  const database = new DatabaseSync(file);
  const find = database.prepare('SELECT 1 AS found FROM entry WHERE id = ? AND kind = ?');
  const lost = lines.filter((line) => {
    const [first = '', second] = line.split(' ');
    return find.get(second ?? first, second === undefined ? 'call' : 'opened') === undefined;
  });
  database.close();
  return lost;
}

/** Runs `kills` writers one after the other on one ledger. */
export async function killWriters(durability: 'batch' | 'strict', kills: number): Promise<KillOutcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'changeover-kill-'));
  const random = createSeededRandom(kills);
  const lost: string[] = [];
  const faults: string[] = [];
  let acknowledged = 0;
  let interrupted = 0;
  try {
    const vault = openVault({ folder });
    if (!vault.ok) throw new Error('Cannot open the vault');
    const publicKeys = [vault.value.signer.publicKey];
    for (let run = 0; run < kills; run++) {
      const lines = await runOnce([folder, durability, String(run)], random.unit() * 300);
      acknowledged += lines.length;
      const outsideFile = `${folder}/outside.jsonl`;
      const report = await verifyDataFolder({ folder, publicKeys, outsideFile, now: Date.now() });
      if (!report.ok) faults.push(JSON.stringify(report.failure));
      else if (!report.value.ok) faults.push(JSON.stringify(report.value.findings[0]));
      else interrupted = report.value.interrupted.length;
      lost.push(...findLost(path.join(folder, 'ledger.db'), lines));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { kills, acknowledged, lost, faults, interrupted };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kills = Number(process.argv[2] ?? 20);
  for (const durability of ['batch', 'strict'] as const) {
    const outcome = await killWriters(durability, kills);
    console.log(durability, outcome);
    if (outcome.lost.length > 0 || outcome.faults.length > 0) process.exitCode = 1;
  }
}
