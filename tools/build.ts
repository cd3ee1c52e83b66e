// Builds what is published: src/ as JavaScript in dist/, with the files beside it that the code reads at run
// time.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './project-files.ts';

const source = path.join(root, 'src');
const target = path.join(root, 'dist');

/** Files that `tsc` leaves behind and the code reads. */
const assets = /\.(html|css|js|json|sql|svg|txt|wasm|woff2|yaml)$/;

function build(): void {
  rmSync(target, { recursive: true, force: true });
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    console.error('Cannot build: the compiler found the errors above');
    process.exitCode = 1;
    return;
  }
  let copied = 0;
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !assets.test(entry.name)) continue;
    const file = path.relative(source, path.join(entry.parentPath, entry.name));
    mkdirSync(path.dirname(path.join(target, file)), { recursive: true });
    cpSync(path.join(source, file), path.join(target, file));
    copied++;
  }
  const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  console.log(`built dist: ${files.length} files, ${copied} of them copied`);
}

build();
