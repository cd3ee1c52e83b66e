import type { EncodeContext } from './encode-context.ts';
import { toBudgetTokens, toEffort } from './effort.ts';
import type { OutputFormat, ToolChoice } from './request.ts';

/** What the answer's form needs from the request's writer. */
export interface OutputPlan {
  /** What the target itself is asked for. */
  readonly native: OutputFormat;
  /** What the prompt has to say in its place; null: nothing. */
  readonly instruction: string | null;
}

/** How much the target is asked to think. `unsaid`: its own default. */
export interface ThinkingPlan {
  readonly mode: 'unsaid' | 'off' | 'auto' | 'on';
  readonly effort: string | null;
  readonly budgetTokens: number | null;
}

function toInstruction(output: OutputFormat): string {
  const start = 'Answer with one JSON value only: no other text before or after it, and no code fence.';
  if (output.type !== 'schema') return `${start} The value is a JSON object.`;
  return `${start} It must be valid against this JSON Schema:\n${JSON.stringify(output.schema)}`;
}

/** Decides whether the target enforces the answer's form or is asked for it in words. */
export function planOutput(context: EncodeContext, thinking: ThinkingPlan): OutputPlan {
  const { request, target, loss, isSame } = context;
  const { output } = request;
  if (output.type === 'text' || isSame) return { native: output, instruction: null };
  const isRefused = !target.jsonWhileThinking && isThinking(context, thinking);
  const isNative =
    !isRefused && (output.type === 'schema' ? target.jsonSchema : target.jsonObject) === 'native';
  if (isNative) return { native: output, instruction: null };
  loss.add('json-emulated', 'response_format');
  // JSON mode keeps the syntax right even where the target knows no schema.
  const native: OutputFormat =
    output.type === 'schema' && target.jsonObject === 'native' && !isRefused
      ? { type: 'json' }
      : { type: 'text' };
  return { native, instruction: toInstruction(output) };
}

/** Whether the target will think under this plan. */
export function isThinking(context: EncodeContext, plan: ThinkingPlan): boolean {
  if (plan.mode === 'unsaid') return context.target.thinksByDefault;
  return plan.mode !== 'off';
}

const off: ThinkingPlan = { mode: 'off', effort: null, budgetTokens: null };

function isForced(choice: ToolChoice | null): boolean {
  return choice?.type === 'required' || choice?.type === 'tool';
}

/**
 * Decides how much the target thinks. A forced tool or JSON output that it refuses while thinking wins over
 * thinking that the client did not ask for in so many words: the form of an answer is a demand, how it is
 * reached is not.
 */
export function planThinking(context: EncodeContext, choice: ToolChoice | null): ThinkingPlan {
  const { request, target, loss } = context;
  const ask = request.reasoning;
  const plan: ThinkingPlan =
    ask === null
      ? { mode: 'unsaid', effort: null, budgetTokens: null }
      : { mode: ask.mode, effort: ask.effort, budgetTokens: ask.budgetTokens };
  if (plan.mode === 'off' && !target.canStopThinking) {
    loss.add('thinking-level', 'thinking');
    return { mode: 'unsaid', effort: null, budgetTokens: null };
  }
  if (!isThinking(context, plan) || !target.canStopThinking || context.isSame) return plan;
  const wantsJson = request.output.type !== 'text' && !target.jsonWhileThinking && plan.mode !== 'on';
  if (wantsJson || (isForced(choice) && !target.forcedWhileThinking)) {
    loss.add('thinking-off', 'thinking');
    return off;
  }
  return plan;
}

/** The choice that is left when the target goes on thinking and takes no forced tool then. */
export function softenChoice(
  context: EncodeContext,
  choice: ToolChoice | null,
  plan: ThinkingPlan,
): ToolChoice | null {
  if (!isForced(choice) || context.target.forcedWhileThinking || context.isSame) return choice;
  if (!isThinking(context, plan)) return choice;
  context.loss.add('tool-choice', 'tool_choice');
  return { type: 'auto' };
}

/** The effort of a plan in words: its own, or one that fits its budget. */
export function toPlannedEffort(plan: ThinkingPlan): string | null {
  if (plan.effort !== null) return plan.effort;
  return plan.budgetTokens === null ? null : toEffort(plan.budgetTokens);
}

/** The budget of a plan in tokens: its own, or one that fits its effort. */
export function toPlannedBudget(plan: ThinkingPlan): number {
  return plan.budgetTokens ?? toBudgetTokens(plan.effort ?? 'medium');
}

/** A sampling figure inside the target's range, or null when the target takes none. */
export function toSampling(
  context: EncodeContext,
  value: number | null,
  at: { readonly field: string; readonly range: { readonly low: number; readonly high: number } | null },
): number | null {
  if (value === null || context.isSame) return value;
  if (at.range === null) {
    context.loss.add('sampling-dropped', at.field);
    return null;
  }
  const clamped = Math.min(at.range.high, Math.max(at.range.low, value));
  if (clamped !== value) context.loss.add('sampling-range', at.field);
  return clamped;
}

/** The bound on output tokens, under the target's own limit. */
export function toMaxTokens(context: EncodeContext): number | null {
  const { request, target, loss } = context;
  if (request.maxTokens === null) return null;
  if (target.maxTokensLimit === null || request.maxTokens <= target.maxTokensLimit) return request.maxTokens;
  loss.add('max-tokens-capped', 'max_tokens');
  return target.maxTokensLimit;
}

/** The stop sequences that the target takes. Anthropic refuses those of white space alone. */
export function toStops(context: EncodeContext): readonly string[] {
  const { request, target, loss, isSame } = context;
  if (isSame) return request.stops;
  const usable = target.stopsMax === 0 ? [] : request.stops.filter((stop) => stop.trim() !== '');
  const kept = usable.slice(0, target.stopsMax);
  if (kept.length < request.stops.length) loss.add('stops', 'stop');
  return kept;
}
