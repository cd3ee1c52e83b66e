#!/usr/bin/env node
// The command `changeover`. Plain JavaScript, so that an old Node.js can say what is wrong instead of failing
// on syntax.
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import process from 'node:process';

/** The oldest Node.js that runs Changeover; tools/bootstrap.mjs and package.json name the same. */
const floor = [24, 15];

const [major, minor] = process.versions.node.split('.').map(Number);
const isTooOld = major < floor[0] || (major === floor[0] && minor < floor[1]);

// A clone brings a right Node.js along, and knows how to fetch it; the published package does not.
const bootstrap = new URL('../tools/bootstrap.mjs', import.meta.url);

if (isTooOld && existsSync(bootstrap)) {
  process.argv.splice(2, 0, 'start');
  await import(bootstrap);
} else if (isTooOld) {
  process.stderr.write(
    `Cannot run Changeover on Node.js ${process.versions.node}: it needs ${floor.join('.')} or newer.\n` +
      'Install a newer Node.js with your version manager or system package manager, or run it without installing:\n' +
      '  npx --package=node@26 --package=changeover changeover\n',
  );
  process.exitCode = 1;
} else {
  nodeModule.enableCompileCache?.();
  // A clone has the source; the published package has only what was built from it.
  const source = new URL('../src/main.ts', import.meta.url);
  await import(existsSync(source) ? source : new URL('../dist/main.js', import.meta.url));
}
