import {
  askToContinue,
  type EncodeContext,
  type JsonObject,
  keepExtras,
  type OutputFormat,
  planOutput,
  type PlannedTool,
  planThinking,
  planTools,
  softenChoice,
  type ThinkingPlan,
  toMaxTokens,
  toNearestEffort,
  type ToolChoice,
  toPlannedEffort,
  toSampling,
  toStops,
  toTextPart,
  type Turn,
} from '../neutral/index.ts';
import { encodeMessages } from './encode-messages.ts';

function encodeTool(context: EncodeContext, tool: PlannedTool): JsonObject {
  const hasSchema = tool.source.schema !== null || !context.isSame;
  return {
    type: 'function',
    function: {
      ...keepExtras(context, tool.source.extras, 'tools[].'),
      name: tool.name,
      ...(tool.description === null ? {} : { description: tool.description }),
      ...(hasSchema ? { parameters: tool.schema } : {}),
      ...(tool.strict === null ? {} : { strict: tool.strict }),
    },
  };
}

function encodeChoice(choice: ToolChoice): unknown {
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } };
  if (choice.type !== 'allowed') return choice.type;
  const tools = choice.names.map((name) => ({ type: 'function', function: { name } }));
  return { type: 'allowed_tools', allowed_tools: { mode: choice.required ? 'required' : 'auto', tools } };
}

function encodeOutput(output: OutputFormat): JsonObject {
  if (output.type === 'text') return {};
  if (output.type === 'json') return { response_format: { type: 'json_object' } };
  const strict = output.strict === null ? {} : { strict: output.strict };
  const { name, schema } = output;
  return { response_format: { type: 'json_schema', json_schema: { name, schema, ...strict } } };
}

/** The effort field, when the target has one and the plan names a degree. */
function encodeEffort(context: EncodeContext, plan: ThinkingPlan): JsonObject {
  const wanted = toPlannedEffort(plan);
  const { efforts } = context.target;
  if (wanted === null || efforts.length === 0) {
    if (wanted !== null && plan.effort !== null) context.loss.add('thinking-level', 'reasoning_effort');
    return {};
  }
  const effort = toNearestEffort(wanted, efforts);
  if (effort !== wanted || plan.effort === null) context.loss.add('thinking-level', 'reasoning_effort');
  return effort === null ? {} : { reasoning_effort: effort };
}

function encodeThinking(context: EncodeContext, plan: ThinkingPlan): JsonObject {
  const { target, loss } = context;
  if (plan.mode === 'unsaid') return {};
  switch (target.thinking) {
    case 'effort':
      if (plan.mode !== 'off') return encodeEffort(context, plan);
      if (target.efforts.includes('none')) return { reasoning_effort: 'none' };
      return target.thinksByDefault ? encodeEffort(context, { ...plan, effort: 'minimal' }) : {};
    case 'type':
    case 'budget':
    case 'adaptive':
      if (plan.mode === 'off') return { thinking: { type: 'disabled' } };
      return { thinking: { type: 'enabled' }, ...encodeEffort(context, plan) };
    case 'enable': {
      if (plan.mode === 'off') return { enable_thinking: false };
      const budget = plan.budgetTokens === null ? {} : { thinking_budget: plan.budgetTokens };
      return { enable_thinking: true, ...budget };
    }
    case 'none':
    default:
      loss.add('thinking-unsupported', 'thinking');
      return {};
  }
}

function encodeSampling(context: EncodeContext): JsonObject {
  const { request, target } = context;
  const unit = { low: 0, high: 1 };
  const anyCount = { low: 0, high: Number.MAX_SAFE_INTEGER };
  const temperature = toSampling(context, request.temperature, {
    field: 'temperature',
    range: target.temperature,
  });
  const topP = toSampling(context, request.topP, { field: 'top_p', range: target.topP ? unit : null });
  const topK = toSampling(context, request.topK, { field: 'top_k', range: target.topK ? anyCount : null });
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { top_p: topP }),
    ...(topK === null ? {} : { top_k: topK }),
  };
}

function encodeUserId(context: EncodeContext): JsonObject {
  const { userId } = context.request;
  const field = context.target.userField;
  if (userId === null) return {};
  if (field === null) context.loss.add('user-id', 'metadata.user_id');
  return field === null ? {} : { [field]: userId };
}

/** Puts our own instruction behind the leading system texts. */
function addInstruction(turns: readonly Turn[], instruction: string | null): readonly Turn[] {
  if (instruction === null) return turns;
  const turn: Turn = {
    role: 'system',
    parts: [toTextPart(instruction)],
    plain: true,
    top: true,
    extras: {},
  };
  const at = turns.findIndex((candidate) => candidate.role !== 'system' && candidate.role !== 'developer');
  const place = at === -1 ? turns.length : at;
  return [...turns.slice(0, place), turn, ...turns.slice(place)];
}

/** Back into its own dialect: what was not changed goes as it came. */
function encodeOwn(context: EncodeContext): JsonObject {
  const { request, target } = context;
  const plan = planTools(context);
  const tools = [...plan.tools.map((tool) => encodeTool(context, tool)), ...plan.opaque];
  return {
    ...request.extras,
    ...request.own,
    model: target.model,
    messages: encodeMessages(context, request.turns),
    ...(tools.length === 0 ? {} : { tools }),
  };
}

/** Writes a request in Chat's form for a target; what it cannot carry is on the context's loss log. */
export function encodeRequest(context: EncodeContext): JsonObject {
  const { request, target } = context;
  if (context.isSame) return encodeOwn(context);
  const tools = planTools(context);
  const thinking = planThinking(context, tools.choice);
  const choice = softenChoice(context, tools.choice, thinking);
  const output = planOutput(context, thinking);
  const turns = addInstruction(askToContinue(context, request.turns), output.instruction);
  const maxTokens = toMaxTokens(context);
  const stops = toStops(context);
  const listed = [...tools.tools.map((tool) => encodeTool(context, tool)), ...tools.opaque];
  const asksUsage = request.stream && target.streamUsage === 'ask';
  return {
    ...keepExtras(context, request.extras, ''),
    model: target.model,
    messages: encodeMessages(context, turns),
    ...(maxTokens === null ? {} : { [target.maxTokensField]: maxTokens }),
    ...encodeSampling(context),
    ...(stops.length === 0 ? {} : { stop: stops }),
    ...(listed.length === 0 ? {} : { tools: listed }),
    ...(choice === null ? {} : { tool_choice: encodeChoice(choice) }),
    ...(tools.parallelCalls === null ? {} : { parallel_tool_calls: tools.parallelCalls }),
    ...encodeOutput(output.native),
    ...encodeThinking(context, thinking),
    ...encodeUserId(context),
    ...(request.choices > 1 ? { n: request.choices } : {}),
    ...(request.stream ? { stream: true } : {}),
    ...(asksUsage ? { stream_options: { include_usage: true } } : {}),
  };
}
