// Checks house rules that neither the linter nor the compiler knows: sizes, names, ports, leftovers, the
// changelog.
import { type Fault, readProject, readSizes, reportFaults } from './project-files.ts';
import { findCodeFaults } from './tidy/code.ts';
import { findDocumentFaults } from './tidy/documents.ts';
import { findTreeFaults } from './tidy/tree.ts';

/** With fewer files than this the walk went wrong, and a check that sees nothing finds nothing. */
const filesMin = 100;

if (import.meta.main) {
  const files = readProject();
  const tooFew: Fault[] =
    files.size < filesMin
      ? [{ file: '.', line: 1, text: `Saw ${files.size} files: expected ${filesMin} or more` }]
      : [];
  reportFaults('tidy', files.size, [
    ...tooFew,
    ...findCodeFaults(files),
    ...findDocumentFaults(files),
    ...findTreeFaults(files, readSizes(files)),
  ]);
}
