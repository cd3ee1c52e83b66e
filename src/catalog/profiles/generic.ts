import { chatDoor, messagesDoor, plainEntry, type ProfileEntry, toErrorCodes } from '../profile-entry.ts';

/** Any host that speaks Chat Completions; `url` ends where an OpenAI SDK's base URL does, mostly in /v1. */
export const openaiCompatible: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'openai-compatible',
    streamUsage: 'ask',
    errorCodes: toErrorCodes({}),
    evidence: 'remembered',
  },
  title: 'Any host with Chat Completions',
  kind: 'generic',
  key: 'optional',
  doors: [chatDoor('/chat/completions')],
  modelsPath: '/models',
};

/** Any host that speaks Messages; `url` ends where an Anthropic SDK's base URL does, before /v1/messages. */
export const anthropicCompatible: ProfileEntry = {
  ...plainEntry,
  profile: {
    name: 'anthropic-compatible',
    streamUsage: 'always',
    errorCodes: toErrorCodes({
      rate_limit_error: 'rate',
      overloaded_error: 'overload',
      billing_error: 'balance',
      authentication_error: 'credential',
      not_found_error: 'model-missing',
    }),
    evidence: 'remembered',
  },
  title: 'Any host with Messages',
  kind: 'generic',
  key: 'optional',
  auth: 'x-api-key',
  doors: [messagesDoor('/v1/messages')],
  modelsPath: '/v1/models',
};
