/**
 * The requests and responses of the admin API as types, for CLI and console. They are inferred from the
 * schemas that the server validates with, so that they cannot drift; only types are imported, so nothing of
 * this exists at run time.
 */
import type { z } from 'zod';
import type { call, callBodies, callPage } from './schemas/calls.ts';
import type { createdKey, createKeyBody, key, keyPage } from './schemas/keys.ts';
import type {
  backBody,
  endpoint,
  endpointList,
  endpointTest,
  offer,
  route,
  routeDetail,
  routeList,
  serving,
  switchBody,
} from './schemas/routes.ts';
import type {
  backup,
  config,
  configCheck,
  configVersionList,
  erased,
  event,
  eventPage,
  failure,
  ledger,
  secretList,
  session,
  status,
  verifyLine,
  verifyReport,
} from './schemas/server.ts';

export type Key = z.output<typeof key>;
export type KeyPage = z.output<typeof keyPage>;
export type CreateKey = z.input<typeof createKeyBody>;
export type CreatedKey = z.output<typeof createdKey>;
export type Call = z.output<typeof call>;
export type CallPage = z.output<typeof callPage>;
export type CallBodiesView = z.output<typeof callBodies>;
export type ServingView = z.output<typeof serving>;
export type OfferView = z.output<typeof offer>;
export type RouteView = z.output<typeof route>;
export type RouteList = z.output<typeof routeList>;
export type RouteDetail = z.output<typeof routeDetail>;
export type Switch = z.input<typeof switchBody>;
export type Back = z.input<typeof backBody>;
export type EndpointView = z.output<typeof endpoint>;
export type EndpointList = z.output<typeof endpointList>;
export type EndpointTest = z.output<typeof endpointTest>;
export type Status = z.output<typeof status>;
export type ConfigView = z.output<typeof config>;
export type ConfigCheckView = z.output<typeof configCheck>;
export type ConfigVersionList = z.output<typeof configVersionList>;
export type SecretList = z.output<typeof secretList>;
export type LedgerView = z.output<typeof ledger>;
export type VerifyLine = z.output<typeof verifyLine>;
export type VerifyReportView = z.output<typeof verifyReport>;
export type Erased = z.output<typeof erased>;
export type BackupView = z.output<typeof backup>;
export type EventView = z.output<typeof event>;
export type EventPage = z.output<typeof eventPage>;
export type SessionView = z.output<typeof session>;
export type ErrorAnswer = z.output<typeof failure>;
