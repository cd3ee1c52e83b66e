import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The data folder when nobody names one: `CHANGEOVER_DATA`; else `.changeover` in the current folder when it
 * is there already or when the current folder is a clone of this project, so that a clone keeps its data
 * beside its code; else `.changeover` in the home folder, so that `npx changeover` finds the same data from
 * everywhere.
 */
export function defaultDataFolder(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  cwd: string,
): string {
  const named = env['CHANGEOVER_DATA'];
  if (named !== undefined && named !== '') return path.resolve(cwd, named);
  const here = path.join(cwd, '.changeover');
  const isClone =
    existsSync(path.join(cwd, 'tools', 'bootstrap.mjs')) && existsSync(path.join(cwd, 'src', 'main.ts'));
  return isClone || existsSync(here) ? here : path.join(home, '.changeover');
}
