/**
 * The address of a worker's entry file that lies beside the file which starts it.
 *
 * `tsc` rewrites import specifiers from `.ts` to `.js` but leaves addresses made with `new URL()` alone,
 * so a literal address works in a clone and breaks in the published package. This takes the ending of the
 * importing file: `.ts` in a clone, `.js` in the package.
 *
 * @example new Worker(workerUrl(import.meta.url, './ledger-worker'))
 */
export function workerUrl(importer: string, entry: `./${string}` | `../${string}`): URL {
  const ending = importer.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`${entry}${ending}`, importer);
}
