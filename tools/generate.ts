// Writes the pages that are made from code, or checks with `--check` that they are fresh.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toApiPage, toOpenApiText } from './gen-api.ts';
import { toCliPage } from './gen-cli.ts';
import { toConfigPage, toConfigSchemaText } from './gen-config.ts';
import { toErrorsPage } from './gen-errors.ts';
import { toTranslationPage } from './gen-translation.ts';
import { root } from './project-files.ts';

/** A page and what makes its text. Whoever owns the source of a page adds a line here. */
interface GeneratedPage {
  readonly file: string;
  readonly toText: () => string | Promise<string>;
}

const pages: readonly GeneratedPage[] = [
  { file: 'docs/reference/api.md', toText: toApiPage },
  { file: 'docs/reference/changeover.schema.json', toText: toConfigSchemaText },
  { file: 'docs/reference/cli.md', toText: toCliPage },
  { file: 'docs/reference/config.md', toText: toConfigPage },
  { file: 'docs/reference/errors.md', toText: toErrorsPage },
  { file: 'docs/reference/openapi.json', toText: toOpenApiText },
  { file: 'docs/reference/translation.md', toText: toTranslationPage },
];

async function main(isChecking: boolean): Promise<void> {
  let staleCount = 0;
  for (const { file, toText } of pages) {
    const place = path.join(root, file);
    const text = await toText();
    if (existsSync(place) && readFileSync(place, 'utf8') === text) continue;
    staleCount++;
    if (isChecking) console.error(`${file}:1 Cannot use this page: it is stale, run "npm run generate"`);
    else {
      writeFileSync(place, text);
      console.log(`wrote ${file}`);
    }
  }
  console.log(`generated: ${pages.length} pages, ${staleCount} ${isChecking ? 'stale' : 'written'}`);
  if (isChecking && staleCount > 0) process.exitCode = 1;
}

if (import.meta.main) await main(process.argv.includes('--check'));
