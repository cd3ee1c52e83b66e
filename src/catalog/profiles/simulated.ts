import { toDefaultModel } from '../default-model.ts';
import {
  chatDoor,
  type DefaultModel,
  messagesDoor,
  type ProfileEntry,
  toJurisdiction,
} from '../profile-entry.ts';
import { anthropic } from './anthropic.ts';
import { deepseek } from './deepseek.ts';
import { glm } from './glm.ts';
import { openai } from './openai.ts';
import { qwen } from './qwen.ts';

/** Made-up prices, so that budgets and comparisons can be tried without a vendor. */
const listed = 'simulated';
const frontier = toDefaultModel('frontier', { input: '5', output: '25', cacheRead: '0.5', listed });
const value = toDefaultModel('value', { input: '0.3', output: '1.2', cacheRead: '0.03', listed });

/**
 * A simulated endpoint behaves like its vendor, at the same paths, and stands in this very process: its
 * operator is the one who runs the gateway, wherever that is. Its URL is known only when it has started.
 */
function toSimulated(vendor: ProfileEntry, model: DefaultModel): ProfileEntry {
  return {
    ...vendor,
    profile: { ...vendor.profile, name: `sim-${vendor.profile.name}` },
    title: `Simulated ${vendor.title}`,
    kind: 'simulated',
    key: 'optional',
    forcedDoors: [chatDoor('/v1/chat/completions'), messagesDoor('/v1/messages')],
    regions: {},
    jurisdiction: toJurisdiction(['unknown', 'unknown'], 'self', 'unknown'),
    models: [model],
    keyVariables: [],
  };
}

export const simOpenai: ProfileEntry = toSimulated(openai, frontier);
export const simAnthropic: ProfileEntry = toSimulated(anthropic, frontier);
export const simDeepseek: ProfileEntry = toSimulated(deepseek, value);
export const simQwen: ProfileEntry = toSimulated(qwen, value);
export const simGlm: ProfileEntry = toSimulated(glm, value);
