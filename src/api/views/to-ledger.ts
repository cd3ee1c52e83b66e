import type { VerifyReport } from '../../ledger/index.ts';
import type { LedgerView, VerifyReportView } from '../contract.ts';
import type { LedgerDoor } from '../control-plane.ts';

/** How the ledger keeps up, as the API shows it. */
export function toLedgerView(ledger: LedgerDoor): LedgerView {
  const stats = ledger.stats();
  return {
    durability: ledger.durability,
    pressure: stats.pressure,
    queuedRows: stats.queuedRows,
    queuedBodyBytes: stats.queuedBodyBytes,
    lagMs: stats.lagMs,
    committedRows: stats.committedRows,
    commits: stats.commits,
    shedBodies: stats.shedBodies,
    gapCalls: stats.gapCalls,
    duplicates: stats.duplicates,
    writerRestarts: stats.writerRestarts,
    writeError: stats.writeError,
    upkeepError: stats.upkeepError,
    interrupted: stats.interrupted,
    rows: stats.rows < 0 ? null : stats.rows,
    fileBytes: stats.fileBytes,
    lastCheckpointAt: stats.lastCheckpointAt,
    durableLagMsP50: stats.durableLagMsP50,
    durableLagMsP99: stats.durableLagMsP99,
  };
}

/** A verification's outcome as the API shows it. */
export function toVerifyReport(report: VerifyReport): VerifyReportView {
  return {
    ok: report.ok,
    rows: report.rows,
    chains: report.chains,
    checkpoints: report.checkpoints,
    trustedCheckpoints: report.trustedCheckpoints,
    unsignedRows: report.unsignedRows,
    erasedRows: report.erasedRows,
    bodies: report.bodies,
    open: [...report.open],
    interrupted: [...report.interrupted],
    gapCalls: report.gapCalls,
    findings: report.findings.map((finding) => ({ ...finding })),
    findingCount: report.findingCount,
  };
}
