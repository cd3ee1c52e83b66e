import { execFile } from 'node:child_process';
import path from 'node:path';

/** Runs npm in a folder as a person would, and returns what it printed on stdout. */
export async function runNpm(folder: string, parameters: readonly string[]): Promise<string> {
  const environment: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    // Nothing of the npm run that the tests may be inside of, and not the guard against leaving loopback: npm
    // may have to ask its registry.
    const isForeign =
      /^npm_(package|lifecycle|command|config_local_prefix)/.test(name) || name === 'NODE_OPTIONS';
    if (!isForeign) environment[name] = value;
  }
  const program = process.env['npm_execpath'];
  const isOwn = program !== undefined && path.basename(program) === 'npm-cli.js';
  const [command, first] = isOwn ? [process.execPath, [program]] : ['npm', []];
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
      shell: !isOwn && process.platform === 'win32',
    };
    execFile(
      command,
      [...first, ...parameters, '--no-audit', '--no-fund'],
      options,
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else {
          reject(new Error(`Cannot run npm ${parameters.join(' ')}: ${stderr}${stdout}`, { cause: error }));
        }
      },
    );
  });
}
