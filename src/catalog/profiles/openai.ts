import { toDefaultModel } from '../default-model.ts';
import { chatDoor, plainEntry, type ProfileEntry, toErrorCodes, toJurisdiction } from '../profile-entry.ts';

/** Base tier of each model; prompts beyond 272,000 tokens cost about twice as much at OpenAI. */
const listed = '2026-11-10';

const openaiCodes = {
  rate_limit_exceeded: 'rate',
  insufficient_quota: 'balance',
  billing_hard_limit_reached: 'balance',
  invalid_api_key: 'credential',
  model_not_found: 'model-missing',
  content_filter: 'content',
  content_policy_violation: 'content',
  context_length_exceeded: 'request',
} as const;

/** OpenAI promises no country without its data-residency option, so both places are unknown here. */
export const openai: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'openai',
    streamUsage: 'ask',
    errorCodes: toErrorCodes(openaiCodes),
    evidence: 'documented',
  },
  title: 'OpenAI',
  kind: 'vendor',
  doors: [chatDoor('/v1/chat/completions')],
  modelsPath: '/v1/models',
  regions: {
    global: {
      base: 'https://api.openai.com',
      jurisdiction: toJurisdiction(['unknown', 'unknown'], 'openai', 'US'),
    },
  },
  models: [
    toDefaultModel('gpt-6.1-sol', { input: '2', output: '10', cacheRead: '0.1', listed }),
    toDefaultModel('gpt-6.1-terra', { input: '1', output: '5', cacheRead: '0.05', listed }),
    toDefaultModel('gpt-6-luna', { input: '0.1', output: '0.5', cacheRead: '0.01', listed }),
    toDefaultModel('gpt-5.5', { input: '5', output: '30', cacheRead: '0.5', listed }),
    toDefaultModel('gpt-4o', { input: '2.5', output: '10', cacheRead: '1.25', listed }),
    toDefaultModel('gpt-4o-mini', { input: '0.15', output: '0.6', cacheRead: '0.075', listed }),
  ],
  keyVariables: [{ name: 'OPENAI_API_KEY', region: null }],
};

/**
 * Azure OpenAI. Models are the names of the customer's own deployments, so none are known beforehand. Where
 * inference runs depends on the deployment's type (global, data zone, regional); the admin must say it.
 */
export const azureOpenai: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'azure-openai',
    streamUsage: 'ask',
    errorCodes: toErrorCodes({
      ...openaiCodes,
      DeploymentNotFound: 'model-missing',
      ResponsibleAIPolicyViolation: 'content',
    }),
    evidence: 'remembered',
  },
  title: 'Azure OpenAI',
  kind: 'vendor',
  auth: 'api-key',
  doors: [chatDoor('/openai/v1/chat/completions')],
  versionedDoors: [chatDoor('/openai/deployments/{model}/chat/completions?api-version={version}')],
  modelsPath: '/openai/v1/models',
  jurisdiction: toJurisdiction(['unknown', 'unknown'], 'microsoft', 'US'),
};
