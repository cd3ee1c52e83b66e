import { toDefaultModel } from '../default-model.ts';
import {
  chatDoor,
  messagesDoor,
  plainEntry,
  type ProfileEntry,
  type Region,
  toErrorCodes,
  toJurisdiction,
} from '../profile-entry.ts';

function toRegion(base: string, runsIn: string, dataIn: string): Region {
  return { base, jurisdiction: toJurisdiction([runsIn, dataIn], 'alibaba', 'CN') };
}

/**
 * Alibaba Cloud Model Studio. Keys are bound to a region (another one answers 401). The region says where
 * data rests; where inference runs is its "deployment scope", which for Singapore and Virginia spans
 * several countries, so it is unknown there until the admin writes what the contract says.
 */
export const qwen: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'qwen',
    streamUsage: 'ask',
    errorCodes: toErrorCodes({
      data_inspection_failed: 'content',
      DataInspectionFailed: 'content',
      Arrearage: 'balance',
      invalid_api_key: 'credential',
      InvalidApiKey: 'credential',
      model_not_found: 'model-missing',
      limit_requests: 'rate',
      'Throttling.RateQuota': 'rate',
    }),
    evidence: 'remembered',
  },
  title: 'Alibaba Cloud Model Studio (Qwen)',
  kind: 'vendor',
  doors: [chatDoor('/compatible-mode/v1/chat/completions'), messagesDoor('/apps/anthropic/v1/messages')],
  modelsPath: '/compatible-mode/v1/models',
  regions: {
    singapore: toRegion('https://dashscope-intl.aliyuncs.com', 'unknown', 'SG'),
    beijing: toRegion('https://dashscope.aliyuncs.com', 'CN', 'CN'),
    virginia: toRegion('https://dashscope-us.aliyuncs.com', 'unknown', 'US'),
    hongkong: toRegion('https://cn-hongkong.dashscope.aliyuncs.com', 'HK', 'HK'),
  },
  models: [
    // Up to 256,000 tokens of prompt; beyond that it is three times as much.
    toDefaultModel('qwen3.7-plus', {
      input: '0.4',
      output: '1.6',
      cacheRead: '0.08',
      listed: '2026-06-04',
      regions: ['singapore'],
    }),
    toDefaultModel('qwen3.7-max', null),
  ],
  keyVariables: [{ name: 'DASHSCOPE_API_KEY', region: 'singapore' }],
};
