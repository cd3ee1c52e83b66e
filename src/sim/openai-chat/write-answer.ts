import type { Answer, AnswerCall, AnswerChoice, AnswerUsage, Frame, WriteContext } from '../answer.ts';
import type { Ask } from '../ask.ts';
import { toObject } from '../json.ts';
import type { SimVendor } from '../types.ts';
import type { VendorFacts } from '../vendors.ts';
import { toLogprobs } from './logprobs.ts';

const finishReasons = { stop: 'stop', length: 'length', tool: 'tool_calls' } as const;

function toFinishReason(vendor: SimVendor, finish: AnswerChoice['finish']): string {
  if (finish !== 'filtered') return finishReasons[finish];
  return vendor === 'glm' ? 'sensitive' : 'content_filter';
}

/** Usage in the vendor's own fields and order. */
function toChatUsage(vendor: SimVendor, usage: AnswerUsage): object {
  const base = {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
  const cached = { cached_tokens: usage.cachedTokens };
  const reasoning = { reasoning_tokens: usage.reasoningTokens };
  switch (vendor) {
    case 'deepseek':
      return {
        ...base,
        prompt_tokens_details: cached,
        completion_tokens_details: reasoning,
        prompt_cache_hit_tokens: usage.cachedTokens,
        prompt_cache_miss_tokens: usage.inputTokens - usage.cachedTokens,
      };
    case 'qwen':
      return {
        ...base,
        prompt_tokens_details: cached,
        completion_tokens_details: { ...reasoning, text_tokens: usage.outputTokens - usage.reasoningTokens },
      };
    case 'glm':
      return { ...base, prompt_tokens_details: cached, completion_tokens_details: reasoning };
    case 'openai':
    case 'anthropic':
    default:
      return {
        ...base,
        prompt_tokens_details: { ...cached, audio_tokens: 0 },
        completion_tokens_details: {
          ...reasoning,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      };
  }
}

function toFingerprint(facts: VendorFacts): string {
  return facts.vendor === 'deepseek' ? 'fp_simdeepseek_prod0820_fp8' : 'fp_5f20662549';
}

function toWholeCall(call: AnswerCall, index: number): object {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.argumentPieces.join('') },
    index,
  };
}

function toWholeMessage(facts: VendorFacts, choice: AnswerChoice): object {
  const text = choice.textPieces.join('');
  const isSilent = text === '' && choice.calls.length > 0;
  const isOpenai = facts.vendor === 'openai' || facts.vendor === 'anthropic';
  return {
    role: 'assistant',
    content: isSilent && isOpenai ? null : text,
    ...(choice.reasoningPieces.length > 0 ? { reasoning_content: choice.reasoningPieces.join('') } : {}),
    ...(isOpenai ? { refusal: null, annotations: [] } : {}),
    ...(choice.calls.length > 0
      ? {
          tool_calls: isOpenai
            ? choice.calls.map((call) => ({ ...toWholeCall(call, 0), index: undefined }))
            : choice.calls.map(toWholeCall),
        }
      : {}),
  };
}

/** Writes a whole chat.completion as the vendor orders its fields. */
export function writeWholeChat(
  facts: VendorFacts,
  content: { readonly ask: Ask; readonly answer: Answer },
  context: WriteContext,
): string {
  const { ask, answer } = content;
  const choices = answer.choices.map((choice, index) => ({
    index,
    message: toWholeMessage(facts, choice),
    ...(facts.vendor === 'glm' ? {} : { logprobs: toLogprobs(facts, ask, choice.textPieces) }),
    finish_reason: toFinishReason(facts.vendor, choice.finish),
  }));
  const usage = context.usage === null ? {} : { usage: toChatUsage(facts.vendor, context.usage) };
  const { answerId: id, createdSeconds: created } = context;
  const object = 'chat.completion';
  switch (facts.vendor) {
    case 'deepseek':
      return JSON.stringify({
        id,
        object,
        created,
        model: ask.model,
        choices,
        ...usage,
        system_fingerprint: toFingerprint(facts),
      });
    case 'qwen':
      return JSON.stringify({
        choices,
        object,
        ...usage,
        created,
        system_fingerprint: null,
        model: ask.model,
        id,
      });
    case 'glm':
      return JSON.stringify({
        choices,
        created,
        id,
        model: ask.model,
        object,
        request_id: context.requestId,
        ...usage,
      });
    case 'openai':
    case 'anthropic':
    default:
      return JSON.stringify({
        id,
        object,
        created,
        model: ask.model,
        choices,
        ...usage,
        service_tier: 'default',
        system_fingerprint: toFingerprint(facts),
      });
  }
}

/** Writes one vendor's chunks; what does not change within an answer is serialised once. */
interface ChunkWriter {
  /** `usage`: undefined leaves the field out. */
  chunk(choices: string, usage?: object | null): string;
}

function createChunkWriter(facts: VendorFacts, ask: Ask, context: WriteContext): ChunkWriter {
  const id = JSON.stringify(context.answerId);
  const model = JSON.stringify(ask.model);
  const created = context.createdSeconds;
  const object = '"object":"chat.completion.chunk"';
  const streamOptions = toObject(ask.raw['stream_options']);
  const isObfuscated = facts.vendor === 'openai' && streamOptions['include_obfuscation'] !== false;
  const toUsageField = (usage: object | null | undefined): string =>
    usage === undefined ? '' : `,"usage":${JSON.stringify(usage)}`;
  const fingerprint = `"system_fingerprint":"${toFingerprint(facts)}"`;
  const named = `${object},"created":${created},"model":${model}`;
  return {
    chunk(choices, usage) {
      const listed = `"choices":[${choices}]`;
      switch (facts.vendor) {
        case 'qwen': {
          const tail = `"created":${created},"system_fingerprint":null,"model":${model},"id":${id}`;
          return `data: {${listed},${object}${toUsageField(usage ?? null)},${tail}}\n\n`;
        }
        case 'glm': {
          const head = `"id":${id},"created":${created},${object},"model":${model}`;
          return `data: {${head},${listed}${toUsageField(usage ?? undefined)}}\n\n`;
        }
        case 'deepseek':
          return `data: {"id":${id},${named},${fingerprint},${listed}${toUsageField(usage)}}\n\n`;
        case 'openai':
        case 'anthropic':
        default: {
          const filler = isObfuscated
            ? `,"obfuscation":"${context.ids.letters(1 + (choices.length % 12))}"`
            : '';
          const head = `"id":${id},${named},"service_tier":"default",${fingerprint}`;
          return `data: {${head},${listed}${toUsageField(usage)}${filler}}\n\n`;
        }
      }
    },
  };
}

interface ChoiceWriting {
  readonly facts: VendorFacts;
  readonly ask: Ask;
  readonly index: number;
}

function toChoice(writing: ChoiceWriting, delta: string, piece: string | null = null): string {
  const { facts, index } = writing;
  if (facts.vendor === 'glm') return `{"index":${index},"delta":${delta}}`;
  const pieces = piece === null ? null : toLogprobs(facts, writing.ask, [piece]);
  const logprobs = JSON.stringify(pieces);
  if (facts.vendor === 'qwen') {
    return `{"delta":${delta},"finish_reason":null,"index":${index},"logprobs":${logprobs}}`;
  }
  return `{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":null}`;
}

/** The vendor's first delta: role, and empty content or reasoning. */
function toOpeningDelta(vendor: SimVendor, choice: AnswerChoice): string {
  if (vendor === 'openai' || vendor === 'anthropic') {
    const content = choice.textPieces.length === 0 && choice.calls.length > 0 ? 'null' : '""';
    return `{"role":"assistant","content":${content},"refusal":null}`;
  }
  if (choice.reasoningPieces.length === 0) return '{"role":"assistant","content":""}';
  return '{"role":"assistant","content":null,"reasoning_content":""}';
}

function* writeCallDeltas(writing: ChoiceWriting, calls: readonly AnswerCall[]): Iterable<[string, number]> {
  const isWhole = !writing.facts.chat.streamsToolArguments && writing.ask.raw['tool_stream'] !== true;
  for (const [index, call] of calls.entries()) {
    const name = JSON.stringify(call.name);
    const id = JSON.stringify(call.id);
    const first = isWhole ? JSON.stringify(call.argumentPieces.join('')) : '""';
    yield [
      `{"tool_calls":[{"index":${index},"id":${id},"type":"function","function":{"name":${name},"arguments":${first}}}]}`,
      isWhole ? call.argumentPieces.length : 1,
    ];
    if (isWhole) continue;
    for (const piece of call.argumentPieces) {
      yield [`{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(piece)}}}]}`, 1];
    }
  }
}

/** Deltas of one choice between its opening and its finish, with the tokens that each shows. */
function* writeDeltas(writing: ChoiceWriting, choice: AnswerChoice): Iterable<[string, number]> {
  const isDeepseek = writing.facts.vendor === 'deepseek' && choice.reasoningPieces.length > 0;
  const isGlm = writing.facts.vendor === 'glm';
  const role = isGlm ? '"role":"assistant",' : '';
  for (const piece of choice.reasoningPieces) {
    const content = isDeepseek || writing.facts.vendor === 'qwen' ? '"content":null,' : '';
    yield [toChoice(writing, `{${role}${content}"reasoning_content":${JSON.stringify(piece)}}`), 1];
  }
  for (const piece of choice.textPieces) {
    const reasoning = isDeepseek ? ',"reasoning_content":null' : '';
    yield [toChoice(writing, `{${role}"content":${JSON.stringify(piece)}${reasoning}}`, piece), 1];
  }
  for (const [delta, tokens] of writeCallDeltas(writing, choice.calls)) {
    yield [toChoice(writing, delta), tokens];
  }
}

function toFinishChoice(facts: VendorFacts, choice: AnswerChoice, index: number): string {
  const reason = JSON.stringify(toFinishReason(facts.vendor, choice.finish));
  switch (facts.vendor) {
    case 'glm':
      return `{"index":${index},"finish_reason":${reason},"delta":{"role":"assistant","content":""}}`;
    case 'qwen':
      return `{"finish_reason":${reason},"delta":{"content":""},"index":${index},"logprobs":null}`;
    case 'deepseek': {
      const reasoning = choice.reasoningPieces.length > 0 ? ',"reasoning_content":null' : '';
      return `{"index":${index},"delta":{"content":""${reasoning}},"logprobs":null,"finish_reason":${reason}}`;
    }
    case 'openai':
    case 'anthropic':
    default:
      return `{"index":${index},"delta":{},"logprobs":null,"finish_reason":${reason}}`;
  }
}

/** Takes turns between the choices, as several choices arrive interleaved. */
function* interleave<Item>(sources: readonly Iterator<Item>[]): Iterable<Item> {
  let open = [...sources];
  while (open.length > 0) {
    const still: Iterator<Item>[] = [];
    for (const source of open) {
      const next = source.next();
      if (next.done === true) continue;
      yield next.value;
      still.push(source);
    }
    open = still;
  }
}

/** Writes the events of a streamed chat completion in the vendor's order, `[DONE]` included. */
export function* writeChatStream(
  facts: VendorFacts,
  content: { readonly ask: Ask; readonly answer: Answer },
  context: WriteContext,
): Iterable<Frame> {
  const { ask, answer } = content;
  const writer = createChunkWriter(facts, ask, context);
  const isAsked = toObject(ask.raw['stream_options'])['include_usage'] === true;
  const isLast = facts.chat.usage === 'last';
  const usage = context.usage === null ? null : toChatUsage(facts.vendor, context.usage);
  const pending = isAsked && !isLast && usage !== null ? null : undefined;
  if (facts.vendor !== 'glm') {
    for (const [index, choice] of answer.choices.entries()) {
      const opening = toChoice({ facts, ask, index }, toOpeningDelta(facts.vendor, choice));
      yield { text: writer.chunk(opening, pending), kind: 'open', tokens: 0 };
    }
  }
  const deltas = answer.choices.map((choice, index) =>
    writeDeltas({ facts, ask, index }, choice)[Symbol.iterator](),
  );
  for (const [choice, tokens] of interleave(deltas)) {
    yield { text: writer.chunk(choice, pending), kind: 'content', tokens };
  }
  for (const [index, choice] of answer.choices.entries()) {
    const isClosing = index === answer.choices.length - 1;
    const finish = toFinishChoice(facts, choice, index);
    const ending = isLast && isClosing && usage !== null ? usage : pending;
    yield { text: writer.chunk(finish, ending), kind: 'finish', tokens: 0 };
  }
  if (isAsked && !isLast && usage !== null) {
    yield { text: writer.chunk('', usage), kind: 'usage', tokens: 0 };
  }
  yield { text: 'data: [DONE]\n\n', kind: 'done', tokens: 0 };
}
