export { type Command, toCommandName } from './command.ts';
export { commands } from './command-table.ts';
export { defaultDataFolder } from './default-data-folder.ts';
export { toOptionText, toUsage } from './help-text.ts';
export type { AssemblyDoor, CliIo, Writer } from './io.ts';
export { exitCodes } from './problem.ts';
export { runCli } from './run-cli.ts';
