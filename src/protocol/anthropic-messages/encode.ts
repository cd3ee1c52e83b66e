import {
  askToContinue,
  type EncodeContext,
  isThinking,
  type JsonObject,
  keepExtras,
  planOutput,
  type PlannedTool,
  planThinking,
  planTools,
  softenChoice,
  type ThinkingPlan,
  toList,
  toMaxTokens,
  toNearestEffort,
  toPlannedBudget,
  toPlannedEffort,
  toSampling,
  toStops,
  type ToolPlan,
} from '../neutral/index.ts';
import { encodeTurns } from './encode-turns.ts';

/** Anthropic takes no smaller budget of thinking tokens. */
const leastBudget = 1_024;

function encodeTool(context: EncodeContext, tool: PlannedTool): JsonObject {
  const hasSchema = tool.source.schema !== null || !context.isSame;
  return {
    ...keepExtras(context, tool.source.extras, 'tools[].function.'),
    name: tool.name,
    ...(tool.description === null ? {} : { description: tool.description }),
    ...(hasSchema ? { input_schema: tool.schema } : {}),
    ...(tool.strict === null ? {} : { strict: tool.strict }),
    ...(tool.source.deferred ? { defer_loading: true } : {}),
  };
}

const choiceTypes = { auto: 'auto', none: 'none', required: 'any' } as const;

function encodeChoice(plan: ToolPlan): JsonObject {
  const { choice, parallelCalls } = plan;
  const flag = parallelCalls === null ? {} : { disable_parallel_tool_use: !parallelCalls };
  if (choice === null) return parallelCalls === false ? { tool_choice: { type: 'auto', ...flag } } : {};
  if (choice.type === 'tool') return { tool_choice: { type: 'tool', name: choice.name, ...flag } };
  if (choice.type === 'allowed') return {};
  // "none" takes no flag.
  return { tool_choice: { type: choiceTypes[choice.type], ...(choice.type === 'none' ? {} : flag) } };
}

interface Bounds {
  readonly maxTokens: number;
  readonly thinking: ThinkingPlan;
  readonly budget: number;
}

/**
 * The bound on output and the budget of thinking inside it. A client of Chat counts its reasoning into the
 * bound, so that the budget takes at most four fifths of it; without a bound both are made.
 */
function toBounds(context: EncodeContext, thinking: ThinkingPlan): Bounds {
  const { target, loss } = context;
  const given = toMaxTokens(context);
  if (given === null) loss.add('max-tokens-made', 'max_tokens');
  const usesBudget = target.thinking === 'budget' && (thinking.mode === 'on' || thinking.mode === 'auto');
  if (!usesBudget) return { maxTokens: given ?? target.maxTokensDefault, thinking, budget: 0 };
  const wanted = toPlannedBudget(thinking);
  const made = target.maxTokensDefault + wanted;
  const maxTokens = given ?? Math.min(made, target.maxTokensLimit ?? made);
  const budget = Math.min(wanted, Math.floor(maxTokens * 0.8));
  if (budget >= leastBudget) return { maxTokens, thinking, budget };
  loss.add('thinking-off', 'reasoning_effort');
  return { maxTokens, thinking: { mode: 'off', effort: null, budgetTokens: null }, budget: 0 };
}

interface OutputConfig {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

function encodeThinking(context: EncodeContext, { thinking, budget }: Bounds): OutputConfig {
  const { target, loss } = context;
  if (thinking.mode === 'unsaid') return {};
  if (thinking.mode === 'off') {
    return target.thinksByDefault || context.request.reasoning !== null
      ? { thinking: { type: 'disabled' } }
      : {};
  }
  if (target.thinking === 'none') {
    loss.add('thinking-unsupported', 'reasoning_effort');
    return {};
  }
  const wanted = toPlannedEffort(thinking);
  const effort = wanted === null ? null : toNearestEffort(wanted, target.efforts);
  if (effort !== wanted && target.thinking !== 'budget') loss.add('thinking-level', 'reasoning_effort');
  const said = effort === null ? {} : { effort };
  if (target.thinking === 'adaptive') return { thinking: { type: 'adaptive' }, ...said };
  if (target.thinking === 'budget') return { thinking: { type: 'enabled', budget_tokens: budget } };
  return { thinking: { type: 'enabled', budget_tokens: toPlannedBudget(thinking) }, ...said };
}

function encodeSampling(context: EncodeContext, thinking: ThinkingPlan): JsonObject {
  const { request, target } = context;
  // Anthropic refuses a temperature other than 1, and top_k, while it thinks.
  const isFixed = target.signatures === 'verified' && isThinking(context, thinking);
  const unit = { low: 0, high: 1 };
  const temperature = toSampling(context, request.temperature === 1 && isFixed ? null : request.temperature, {
    field: 'temperature',
    range: isFixed ? null : target.temperature,
  });
  const topP = toSampling(context, request.topP, {
    field: 'top_p',
    range: target.topP && !isFixed ? unit : null,
  });
  const topK = toSampling(context, request.topK, {
    field: 'top_k',
    range: target.topK && !isFixed ? { low: 0, high: Number.MAX_SAFE_INTEGER } : null,
  });
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { top_p: topP }),
    ...(topK === null ? {} : { top_k: topK }),
  };
}

function encodeMetadata(context: EncodeContext): JsonObject {
  const { userId } = context.request;
  if (userId === null) return {};
  if (context.target.userField === null) {
    context.loss.add('user-id', 'user');
    return {};
  }
  return { metadata: { user_id: userId } };
}

/** Back into its own dialect: what was not changed goes as it came. */
function encodeOwn(context: EncodeContext): JsonObject {
  const { request, target } = context;
  const plan = planTools(context);
  const { system, messages } = encodeTurns(context, request.turns);
  const tools = [...plan.tools.map((tool) => encodeTool(context, tool)), ...plan.opaque];
  return {
    ...request.extras,
    ...request.own,
    model: target.model,
    ...(system === null ? {} : { system }),
    messages,
    ...(tools.length === 0 ? {} : { tools }),
  };
}

function appendSystem(system: unknown, instruction: string | null): unknown {
  if (instruction === null) return system;
  const before = typeof system === 'string' ? [{ type: 'text', text: system }] : toList(system);
  return before.length === 0 ? instruction : [...before, { type: 'text', text: instruction }];
}

/** Writes a request in the Messages form for a target; what it cannot carry is on the context's loss log. */
export function encodeRequest(context: EncodeContext): JsonObject {
  const { request, target, loss } = context;
  if (context.isSame) return encodeOwn(context);
  const plan = planTools(context);
  let wanted = planThinking(context, plan.choice);
  const encoded = encodeTurns(context, askToContinue(context, request.turns));
  if (encoded.isThinkingLost && target.signatures === 'verified' && isThinking(context, wanted)) {
    // With thinking on, the host demands the signed thought of the call that is being answered.
    loss.add('thinking-off', 'messages[].reasoning_content');
    wanted = { mode: 'off', effort: null, budgetTokens: null };
  }
  const bounds = toBounds(context, wanted);
  const choice = softenChoice(context, plan.choice, bounds.thinking);
  const output = planOutput(context, bounds.thinking);
  const system = appendSystem(encoded.system, output.instruction);
  const thinking = encodeThinking(context, bounds);
  const stops = toStops(context);
  if (request.choices > 1) loss.add('choices', 'n');
  const tools = [...plan.tools.map((tool) => encodeTool(context, tool)), ...plan.opaque];
  keepExtras(context, request.extras, '');
  const { native } = output;
  const config = {
    ...(thinking.effort === undefined ? {} : { effort: thinking.effort }),
    ...(native.type === 'schema' ? { format: { type: 'json_schema', schema: native.schema } } : {}),
  };
  return {
    model: target.model,
    ...(system === null ? {} : { system }),
    messages: encoded.messages,
    max_tokens: bounds.maxTokens,
    ...encodeSampling(context, bounds.thinking),
    ...(stops.length === 0 ? {} : { stop_sequences: stops }),
    ...(tools.length === 0 ? {} : { tools }),
    ...encodeChoice({ ...plan, choice }),
    ...(thinking.thinking === undefined ? {} : { thinking: thinking.thinking }),
    ...(Object.keys(config).length === 0 ? {} : { output_config: config }),
    ...encodeMetadata(context),
    ...(request.stream ? { stream: true } : {}),
  };
}
