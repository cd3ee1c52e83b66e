import type { Command } from './command.ts';
import { callCommands } from './commands/call.ts';
import { configCommands } from './commands/config.ts';
import { endpointCommands } from './commands/endpoint.ts';
import { keyCommands } from './commands/key.ts';
import { ledgerCommands } from './commands/ledger.ts';
import { routeCommands } from './commands/route.ts';
import { serverCommands } from './commands/server.ts';

/** Every command; help and the reference page read this table too. */
export const commands: readonly Command[] = [
  ...serverCommands,
  ...routeCommands,
  ...keyCommands,
  ...callCommands,
  ...endpointCommands,
  ...ledgerCommands,
  ...configCommands,
];
