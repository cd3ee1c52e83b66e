import { toSeconds } from './progress.ts';
import type { StepResult } from './run-steps.ts';

/** Limit of lines shown of a failed step; the whole comes with `npm test -- <step>` of its tool. */
const shownLinesMax = 150;

/** Prints what failed and why, then the closing line, and sets the exit code. */
export function printSummary(results: readonly StepResult[], elapsedMs: number): void {
  const failures = results.filter(({ failed }) => failed > 0);
  for (const { step, output } of failures) {
    const lines = output.trimEnd().split('\n');
    const hidden = lines.length - shownLinesMax;
    console.log(`\n── ${step.name} ${'─'.repeat(60 - step.name.length)}`);
    if (hidden > 0) console.log(`(${hidden} lines before these)`);
    console.log(lines.slice(-shownLinesMax).join('\n'));
  }
  if (failures.length > 0) console.log('\nFailed:');
  for (const { step, problems } of failures) {
    console.log(`  ${step.name}   (run it alone: npm test -- ${step.name})`);
    for (const problem of problems) console.log(`    ${problem}`);
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const skipped = results.reduce((sum, result) => sum + result.skipped, 0);
  console.log(`\nDone in ${toSeconds(elapsedMs)}${skipped > 0 ? `, ${skipped} tests skipped` : ''}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
