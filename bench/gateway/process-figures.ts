import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc; 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** CPU seconds of a process, user and system, over all its threads. */
export function readCpuSeconds(pid: number): number {
  let total = 0;
  // Per thread in nanoseconds where the kernel has it: ticks of 10 ms are too coarse for short runs.
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const file = `/proc/${pid}/task/${thread}/schedstat`;
    if (!existsSync(file)) return readCpuTicks(pid) / ticksPerSecond;
    total += Number(readFileSync(file, 'utf8').split(' ')[0]);
  }
  return total / 1e9;
}

function readCpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** Resident memory of a process in MiB. */
export function readResidentMib(pid: number): number {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? Number.NaN) / 1024;
}

/** What the figures were taken on. */
export function describeMachine(): string {
  const cpu = /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown CPU';
  const cores = readFileSync('/proc/cpuinfo', 'utf8').match(/^processor/gm)?.length ?? 0;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const changed =
    execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim() === '' ? '' : ' with changes';
  return `${cores} cores (${cpu}), Node ${process.version}, commit ${commit}${changed}`;
}
