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

/** MiniMax. It may answer 200 with a `base_resp` whose code is not zero; the codes below are those. */
export const minimax: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'minimax',
    streamUsage: 'ask',
    errorCodes: toErrorCodes({
      '1000': 'overload',
      '1001': 'overload',
      '1002': 'rate',
      '1004': 'credential',
      '1008': 'balance',
      '1013': 'overload',
      '1026': 'content',
      '1027': 'content',
      '1039': 'rate',
      '2013': 'request',
      '2049': 'credential',
    }),
    evidence: 'remembered',
  },
  title: 'MiniMax',
  kind: 'vendor',
  doors: [chatDoor('/v1/chat/completions'), messagesDoor('/anthropic/v1/messages')],
  modelsPath: '/v1/models',
  regions: {
    intl: {
      base: 'https://api.minimax.io',
      jurisdiction: toJurisdiction(['unknown', 'unknown'], 'minimax', 'CN'),
    },
    cn: {
      base: 'https://api.minimaxi.com',
      jurisdiction: toJurisdiction(['CN', 'CN'], 'minimax', 'CN'),
    },
  },
  models: [
    toDefaultModel('MiniMax-M3', { input: '0.3', output: '1.2', cacheRead: '0.06', ...price }),
    toDefaultModel('MiniMax-M3.1-Flash', { input: '0.15', output: '0.6', cacheRead: '0.015', ...price }),
  ],
  keyVariables: [{ name: 'MINIMAX_API_KEY', region: 'intl' }],
};
