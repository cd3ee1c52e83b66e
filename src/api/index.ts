export type {
  AppliedConfig,
  Backup,
  ConfigCheck,
  ConfigEdit,
  ConfigSource,
  ControlPlane,
  LedgerDoor,
  NewKey,
  ServerState,
} from './control-plane.ts';
export { type Api, type ApiOptions, createApi } from './create-api.ts';
export { toApiDocument } from './openapi.ts';
