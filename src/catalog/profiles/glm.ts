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

/**
 * Zhipu's GLM: Z.ai abroad, bigmodel.cn in China. It answers HTTP 429 also for unpaid or locked accounts,
 * so the inner code must decide: sending again after 1113 or 1313 gets an account banned.
 */
export const glm: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'glm',
    // It ignores stream_options and puts usage into the last chunk anyway.
    streamUsage: 'always',
    errorCodes: toErrorCodes({
      '1000': 'credential',
      '1001': 'credential',
      '1002': 'credential',
      '1003': 'credential',
      '1112': 'balance',
      '1113': 'balance',
      '1211': 'model-missing',
      '1301': 'content',
      '1302': 'rate',
      '1303': 'rate',
      '1305': 'overload',
      '1313': 'balance',
    }),
    evidence: 'documented',
  },
  title: 'Z.ai / Zhipu (GLM)',
  kind: 'vendor',
  doors: [chatDoor('/api/paas/v4/chat/completions'), messagesDoor('/api/anthropic/v1/messages')],
  modelsPath: '/api/paas/v4/models',
  regions: {
    intl: {
      base: 'https://api.z.ai',
      jurisdiction: toJurisdiction(['unknown', 'unknown'], 'zhipu', 'CN'),
    },
    cn: {
      base: 'https://open.bigmodel.cn',
      jurisdiction: toJurisdiction(['CN', 'CN'], 'zhipu', 'CN'),
    },
  },
  models: [
    toDefaultModel('glm-5.3', { input: '1.4', output: '4.4', cacheRead: '0.26', ...price }),
    toDefaultModel('glm-5.3-flash', { input: '0.15', output: '0.5', cacheRead: '0.03', ...price }),
    toDefaultModel('glm-5.2', { input: '1.4', output: '4.4', cacheRead: '0.26', ...price }),
  ],
  keyVariables: [
    { name: 'ZAI_API_KEY', region: 'intl' },
    { name: 'ZHIPU_API_KEY', region: 'cn' },
  ],
};
