import type { ProfileEntry } from './profile-entry.ts';
import { anthropic } from './profiles/anthropic.ts';
import { deepseek } from './profiles/deepseek.ts';
import { llamaServer, lmStudio, ollama, sglang, vllm } from './profiles/engines.ts';
import { anthropicCompatible, openaiCompatible } from './profiles/generic.ts';
import { glm } from './profiles/glm.ts';
import { kimi } from './profiles/kimi.ts';
import { minimax } from './profiles/minimax.ts';
import { azureOpenai, openai } from './profiles/openai.ts';
import { qwen } from './profiles/qwen.ts';
import { simAnthropic, simDeepseek, simGlm, simOpenai, simQwen } from './profiles/simulated.ts';

const entries: readonly ProfileEntry[] = [
  openai,
  anthropic,
  deepseek,
  qwen,
  glm,
  kimi,
  minimax,
  azureOpenai,
  vllm,
  sglang,
  ollama,
  llamaServer,
  lmStudio,
  openaiCompatible,
  anthropicCompatible,
  simOpenai,
  simAnthropic,
  simDeepseek,
  simQwen,
  simGlm,
];

/** Every profile by its name, in the order in which people are shown them. */
export const profiles: ReadonlyMap<string, ProfileEntry> = new Map(
  entries.map((entry) => [entry.profile.name, entry]),
);
