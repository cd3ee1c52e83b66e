import {
  chatDoor,
  messagesDoor,
  plainEntry,
  type ProfileEntry,
  toErrorCodes,
  toJurisdiction,
} from '../profile-entry.ts';

/** Engines on one's own machines: where they stand only the admin knows; whoever runs the gateway runs them. */
const ownMachine = toJurisdiction(['unknown', 'unknown'], 'self', 'unknown');

/** What llama.cpp answers while a model loads. */
const engineCodes = toErrorCodes({ unavailable_error: 'overload', exceed_context_size_error: 'request' });

function toEngine(name: string, title: string, port: readonly number[]): ProfileEntry {
  return {
    ...plainEntry,
    profile: { name, streamUsage: 'ask', errorCodes: engineCodes, evidence: 'documented' },
    title,
    kind: 'engine',
    key: 'optional',
    doors: [chatDoor('/v1/chat/completions'), messagesDoor('/v1/messages')],
    modelsPath: '/v1/models',
    jurisdiction: ownMachine,
    ports: port,
  };
}

/** vLLM's `--api-key` guards /v1 only: keep the server on a private network. */
export const vllm: ProfileEntry = toEngine('vllm', 'vLLM', [8000]);
export const sglang: ProfileEntry = toEngine('sglang', 'SGLang', [30000]);
export const ollama: ProfileEntry = toEngine('ollama', 'Ollama', [11434]);
/** 9931 is the announced new default of llama-server, 8080 the old one. */
export const llamaServer: ProfileEntry = toEngine('llama-server', 'llama.cpp server', [8080, 9931]);
export const lmStudio: ProfileEntry = toEngine('lm-studio', 'LM Studio', [1234]);
