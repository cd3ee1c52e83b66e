import { toDefaultModel } from '../default-model.ts';
import {
  chatDoor,
  messagesDoor,
  plainEntry,
  type ProfileEntry,
  toErrorCodes,
  toJurisdiction,
} from '../profile-entry.ts';

/**
 * The peak prices (Monday to Friday, 01–04 and 06–10 UTC): a tariff has no time windows yet, and a budget
 * must never be told less than the bill. Outside the peak the bill is half.
 */
const listed = '2026-11-peak';

/**
 * DeepSeek's own service: one global host, served from China. Its error codes say `invalid_request_error`
 * even for an empty balance, so none is listed and the HTTP status (402, 422, 429, 503) decides.
 */
export const deepseek: ProfileEntry = {
  ...plainEntry,
  profile: { name: 'deepseek', streamUsage: 'ask', errorCodes: toErrorCodes({}), evidence: 'documented' },
  title: 'DeepSeek',
  kind: 'vendor',
  doors: [chatDoor('/v1/chat/completions'), messagesDoor('/anthropic/v1/messages')],
  modelsPath: '/models',
  regions: {
    global: {
      base: 'https://api.deepseek.com',
      jurisdiction: toJurisdiction(['CN', 'CN'], 'deepseek', 'CN'),
    },
  },
  models: [
    toDefaultModel('deepseek-v4-pro', { input: '1.32', output: '3.96', cacheRead: '0.044', listed }),
    toDefaultModel('deepseek-flash', { input: '0.30', output: '1.20', cacheRead: '0.006', listed }),
  ],
  keyVariables: [{ name: 'DEEPSEEK_API_KEY', region: null }],
};
