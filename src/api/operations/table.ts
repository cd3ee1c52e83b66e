import { callOperations } from './calls.ts';
import { endpointOperations } from './endpoints.ts';
import { keyOperations } from './keys.ts';
import { ledgerOperations } from './ledger.ts';
import type { Operation } from './operation.ts';
import { routeOperations } from './routes.ts';
import { serverOperations } from './server.ts';

/**
 * Every operation of the admin API: routing, validation, OpenAPI and the reference page all read this table.
 */
export const operations: readonly Operation[] = [
  ...keyOperations,
  ...routeOperations,
  ...callOperations,
  ...endpointOperations,
  ...ledgerOperations,
  ...serverOperations,
];
