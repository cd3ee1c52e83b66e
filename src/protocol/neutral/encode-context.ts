import type { Dialect } from '../../kernel/index.ts';
import type { JsonObject } from './codec.ts';
import type { LossLog } from './loss.ts';
import type { NeutralRequest } from './request.ts';
import type { TargetFacts } from './target.ts';
import type { ToolNames } from './tool-names.ts';

/** Reasoning that was kept on the way to the client, for the turn that must bring it back. */
export interface KeptReasoning {
  readonly text: string;
  readonly signature: string | null;
}

/**
 * How reasoning survives clients that do not send it back. All optional, all pure to the caller: `seal` makes
 * a signature for an Anthropic client that holds the text, `open` reads our own and gives null for any other,
 * `recall` finds what the gateway remembered for a turn by the ids of its calls.
 */
export interface ReasoningPorts {
  readonly seal?: (text: string) => string;
  readonly open?: (signature: string) => string | null;
  readonly recall?: (callIds: readonly string[]) => KeptReasoning | null;
}

/** What every step of encoding one request needs. */
export interface EncodeContext {
  readonly request: NeutralRequest;
  readonly target: TargetFacts;
  readonly loss: LossLog;
  readonly ports: ReasoningPorts;
  readonly names: ToolNames;
  /** The request came in the dialect that it is encoded to: unknown fields go back. */
  readonly isSame: boolean;
  /** Characters of text so far, for the estimate of input tokens. Media are left out. */
  readonly size: { chars: number };
}

/** Fields that steer caching and storage; their loss changes no answer. */
const hints = new Set([
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'safety_identifier',
  'service_tier',
  'store',
  'metadata',
  'context_management',
  'output_config',
  'inference_geo',
  'speed',
  'eager_input_streaming',
  'annotations',
  'refusal',
  'audio',
]);

/** Reports the fields of a node that only its own dialect knows. `place` ends with a dot or is empty. */
export function reportExtras(context: EncodeContext, extras: JsonObject, place: string): void {
  for (const key of Object.keys(extras)) {
    const value = extras[key];
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    if (key === 'cache_control') context.loss.add('cache-hint', place + key);
    else if (key === 'citations') context.loss.add('citations', place + key);
    else context.loss.add(hints.has(key) ? 'field-hint' : 'field-unknown', place + key);
  }
}

/** The fields that go back onto a node: those of its origin, or none, reported. */
export function keepExtras(
  context: EncodeContext,
  extras: JsonObject,
  place: string,
): JsonObject | undefined {
  if (context.isSame) return extras;
  reportExtras(context, extras, place);
  return undefined;
}

/** The dialects between which the hub translates today. */
export type HubDialect = Extract<Dialect, 'openai-chat' | 'anthropic-messages'>;
