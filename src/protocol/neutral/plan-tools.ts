import type { EncodeContext } from './encode-context.ts';
import type { JsonObject } from './codec.ts';
import type { Part, Tool, ToolChoice } from './request.ts';
import { toToolSchema } from './tool-schema.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/** A tool as the target gets it. */
export interface PlannedTool {
  readonly name: string;
  readonly description: string | null;
  readonly schema: JsonObject;
  readonly strict: boolean | null;
  readonly source: FunctionTool;
}

/** The tools of one request, and what may be said about choosing among them. */
export interface ToolPlan {
  readonly tools: readonly PlannedTool[];
  /** The vendor's own tools; only where the dialect stays the same. */
  readonly opaque: readonly JsonObject[];
  readonly choice: ToolChoice | null;
  readonly parallelCalls: boolean | null;
}

/** Claude Code's stand-in that keeps the deferred list from being empty; no model is to see it. */
const placeholderName = 'DeferredToolPlaceholder';

function* listReferences(parts: readonly Part[]): Iterable<string> {
  for (const part of parts) {
    if (part.type === 'tool-reference') yield part.name;
    else if (part.type === 'tool-result') yield* listReferences(part.parts);
  }
}

/**
 * The tools that the target shows to its model. A dialect without deferring gets those that a result has
 * referred to, in the order of the references and behind the others, so that the list only grows at its end
 * and the prefix cache holds. When the vendor itself would have searched, all of them are sent.
 */
function toShownTools(context: EncodeContext): readonly FunctionTool[] {
  const { request, isSame, loss } = context;
  const functions = request.tools.filter((tool) => tool.type === 'function');
  if (isSame || !functions.some((tool) => tool.deferred)) return functions;
  loss.add('tool-deferred', 'tools[].defer_loading');
  const isSearchedByVendor = request.tools.some(
    (tool) => tool.type === 'opaque' && tool.what.startsWith('tool_search_tool'),
  );
  const usable = functions.filter((tool) => tool.name !== placeholderName);
  if (isSearchedByVendor) return usable;
  const shown = usable.filter((tool) => !tool.deferred);
  const names = new Set(shown.map((tool) => tool.name));
  for (const turn of request.turns) {
    for (const name of listReferences(turn.parts)) {
      const tool = usable.find((candidate) => candidate.name === name);
      if (tool === undefined || names.has(name)) continue;
      names.add(name);
      shown.push(tool);
    }
  }
  return shown;
}

function toPlanned(context: EncodeContext, tool: FunctionTool): PlannedTool {
  const { target, loss, isSame, names, size } = context;
  const name = names.toWire(tool.name);
  if (name !== tool.name) loss.add('tool-name', 'tools[].name');
  const { schema, changed } = isSame
    ? { schema: tool.schema ?? {}, changed: false }
    : toToolSchema(tool.schema, target);
  if (changed) loss.add('tool-schema', 'tools[].input_schema');
  const isStrict = tool.strict === true && !target.strictTools;
  if (isStrict) loss.add('tool-strict', 'tools[].strict');
  size.chars += JSON.stringify(schema).length + (tool.description?.length ?? 0);
  return { name, description: tool.description, schema, strict: isStrict ? null : tool.strict, source: tool };
}

function degradeChoice(context: EncodeContext, choice: ToolChoice): ToolChoice {
  const accepts = (type: 'auto' | 'none' | 'required' | 'tool'): boolean =>
    context.target.toolChoices.includes(type);
  switch (choice.type) {
    case 'tool':
      if (accepts('tool')) return { type: 'tool', name: choice.name };
      context.loss.add('tool-choice', 'tool_choice');
      return accepts('required')
        ? { type: 'allowed', names: [choice.name], required: true }
        : { type: 'auto' };
    case 'required':
      if (accepts('required')) return choice;
      context.loss.add('tool-choice', 'tool_choice');
      return { type: 'auto' };
    case 'none':
      if (accepts('none')) return choice;
      context.loss.add('tool-choice', 'tool_choice');
      return { type: 'allowed', names: [], required: false };
    case 'allowed':
      if (choice.required && !accepts('required')) {
        context.loss.add('tool-choice', 'tool_choice');
        return { ...choice, required: false };
      }
      return choice;
    case 'auto':
    default:
      return choice;
  }
}

/** Decides which tools the target gets and how it may choose; what it cannot take is reported. */
export function planTools(context: EncodeContext): ToolPlan {
  const { request, target, loss, isSame } = context;
  let tools = toShownTools(context).map((tool) => toPlanned(context, tool));
  const opaque: JsonObject[] = [];
  for (const tool of request.tools) {
    if (tool.type !== 'opaque') continue;
    if (isSame) opaque.push(tool.raw);
    else loss.add('tool-unknown', `tools[].${tool.what || 'unknown'}`);
  }
  let choice = request.toolChoice === null ? null : degradeChoice(context, request.toolChoice);
  if (choice?.type === 'allowed' && !isSame) {
    const { names, required } = choice;
    tools = tools.filter((tool) => names.includes(tool.source.name));
    loss.add('tool-choice', 'tool_choice.allowed_tools');
    choice = { type: required ? 'required' : 'auto' };
  }
  if (choice?.type === 'tool') choice = { type: 'tool', name: context.names.toWire(choice.name) };
  const hasTools = tools.length + opaque.length > 0;
  let { parallelCalls } = request;
  if (parallelCalls === false && !target.parallelFlag && hasTools) {
    loss.add('tool-parallel', 'parallel_tool_calls');
  }
  if (!hasTools || !target.parallelFlag) parallelCalls = null;
  return { tools, opaque, choice: hasTools ? choice : null, parallelCalls };
}
