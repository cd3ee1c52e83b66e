export { type ConfigProblem, type Position, toProblemText } from './problem.ts';
export type {
  CredentialNeed,
  CredentialSource,
  LedgerSettings,
  ListenSettings,
  Settings,
} from './settings.ts';
