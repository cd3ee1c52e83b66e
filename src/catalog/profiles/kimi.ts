import { toDefaultModel } from '../default-model.ts';
import {
  chatDoor,
  messagesDoor,
  plainEntry,
  type ProfileEntry,
  toErrorCodes,
  toJurisdiction,
} from '../profile-entry.ts';

const price = { listed: '2026-11-10', regions: ['intl'] } as const;

/** Moonshot's Kimi. Prices in China are in CNY and not a conversion of these, so they are left out. */
export const kimi: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'kimi',
    streamUsage: 'ask',
    errorCodes: toErrorCodes({
      content_filter: 'content',
      exceeded_current_quota_error: 'balance',
      engine_overloaded_error: 'overload',
      rate_limit_reached_error: 'rate',
      invalid_authentication_error: 'credential',
      incorrect_api_key_error: 'credential',
      resource_not_found_error: 'model-missing',
    }),
    evidence: 'remembered',
  },
  title: 'Moonshot (Kimi)',
  kind: 'vendor',
  doors: [chatDoor('/v1/chat/completions'), messagesDoor('/anthropic/v1/messages')],
  modelsPath: '/v1/models',
  regions: {
    intl: {
      base: 'https://api.moonshot.ai',
      jurisdiction: toJurisdiction(['unknown', 'unknown'], 'moonshot', 'CN'),
    },
    cn: {
      base: 'https://api.moonshot.cn',
      jurisdiction: toJurisdiction(['CN', 'CN'], 'moonshot', 'CN'),
    },
  },
  models: [
    toDefaultModel('kimi-k3.1-pro', { input: '2', output: '10', cacheRead: '0.2', ...price }),
    toDefaultModel('kimi-k3', { input: '3', output: '15', cacheRead: '0.3', ...price }),
    toDefaultModel('kimi-k2.6', { input: '0.95', output: '4', cacheRead: '0.16', ...price }),
  ],
  keyVariables: [{ name: 'MOONSHOT_API_KEY', region: 'intl' }],
};
