export { type Command, toCommandName } from './command.ts';
export { commands } from './command-table.ts';
export { toOptionText, toUsage } from './help-text.ts';
export type { CliIo, Writer } from './io.ts';
export { runCli } from './run-cli.ts';
