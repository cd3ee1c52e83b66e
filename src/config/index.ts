export { buildSnapshot, findServingObjection, type SnapshotInput, toFirstServing } from './build-snapshot.ts';
export { toConfigSchema } from './config-schema.ts';
export { discover, type Discovered, type Discovery, type DiscoveryPorts } from './discover.ts';
export { type ExplainedValue, explain, type Explanation, type ValueOrigin } from './explain.ts';
export { type CheckedEndpoint, type Config, type ParsedConfig, parseConfig } from './parse-config.ts';
export { type ConfigProblem, type Position, toProblemText } from './problem.ts';
export type { ConfigDocument } from './schema.ts';
export type {
  CredentialNeed,
  CredentialSource,
  LedgerSettings,
  ListenSettings,
  Settings,
} from './settings.ts';
export type { SettingsSources } from './settings-sources.ts';
export { type SettingsResult, toSettings } from './to-settings.ts';
