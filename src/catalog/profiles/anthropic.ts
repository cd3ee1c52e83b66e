import { toDefaultModel } from '../default-model.ts';
import {
  messagesDoor,
  plainEntry,
  type ProfileEntry,
  toErrorCodes,
  toJurisdiction,
} from '../profile-entry.ts';

const listed = '2026-11-10';

/** Anthropic schedules inference globally unless told otherwise, so its places are unknown here. */
export const anthropic: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'anthropic',
    streamUsage: 'always',
    errorCodes: toErrorCodes({
      rate_limit_error: 'rate',
      overloaded_error: 'overload',
      timeout_error: 'overload',
      api_error: 'overload',
      billing_error: 'balance',
      authentication_error: 'credential',
      permission_error: 'credential',
      not_found_error: 'model-missing',
      invalid_request_error: 'request',
      request_too_large: 'request',
    }),
    evidence: 'documented',
  },
  title: 'Anthropic',
  kind: 'vendor',
  auth: 'x-api-key',
  doors: [messagesDoor('/v1/messages')],
  modelsPath: '/v1/models',
  regions: {
    global: {
      base: 'https://api.anthropic.com',
      jurisdiction: toJurisdiction(['unknown', 'unknown'], 'anthropic', 'US'),
    },
  },
  models: [
    toDefaultModel('claude-opus-5-5', { input: '4', output: '20', cacheRead: '0.2', listed }),
    toDefaultModel('claude-sonnet-5-5', { input: '2', output: '10', cacheRead: '0.1', listed }),
    toDefaultModel('claude-sonnet-5', { input: '2', output: '10', cacheRead: '0.2', listed }),
    toDefaultModel('claude-haiku-5-5', { input: '0.1', output: '0.5', cacheRead: '0.01', listed }),
  ],
  keyVariables: [{ name: 'ANTHROPIC_API_KEY', region: null }],
};
