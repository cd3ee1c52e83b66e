import { failure, type Result, success } from '../kernel/index.ts';
import { messagesHub } from './anthropic-messages/index.ts';
import {
  type AnswerFacts,
  type AnswerIdentity,
  createLossLog,
  createToolNames,
  type EncodeContext,
  type HubCodec,
  type HubDialect,
  type JsonObject,
  type LossEntry,
  type NeutralRequest,
  readUpstreamError,
  readWireError,
  type ReasoningPorts,
  type TargetFacts,
  type TranslationState,
} from './neutral/index.ts';
import { chatHub } from './openai-chat/index.ts';

/** Each dialect's side of the hub. */
export const hubs: Readonly<Record<HubDialect, HubCodec>> = {
  'openai-chat': chatHub,
  'anthropic-messages': messagesHub,
};

/** From whom to whom a request is translated, and what the target can take. */
export interface TranslateOptions {
  readonly from: HubDialect;
  readonly to: HubDialect;
  readonly target: TargetFacts;
  readonly ports?: ReasoningPorts;
}

/** A request in the target's dialect. */
export interface TranslatedRequest {
  /** JSON text. */
  readonly body: string;
  readonly loss: readonly LossEntry[];
  /** For the translation of the answer to this request, and of no other. */
  readonly state: TranslationState;
}

/** Text per token in the rough: English prose and code. The estimate is corrected by the reported figure. */
const charsPerToken = 4;

function toState(context: EncodeContext, options: TranslateOptions, isEmulated: boolean): TranslationState {
  const { request, ports, names, size, target } = context;
  return {
    from: options.from,
    to: options.to,
    wantsStreamUsage: request.wantsStreamUsage,
    toolNames: names.changed,
    stops: request.stops,
    hidesReasoning: request.reasoning?.hidden === true,
    estimatedInputTokens: Math.ceil(size.chars / charsPerToken),
    output: request.output,
    isOutputEmulated: isEmulated,
    thinkTags: target.thinkTags,
    ports,
  };
}

function reportSkipped(request: NeutralRequest, context: EncodeContext): void {
  for (let count = 0; count < request.skippedTurns; count++) {
    context.loss.add('message-malformed', 'messages[]');
  }
}

/**
 * Translates a request through the neutral form. Fails only on a body that is no request of its dialect; what
 * the target cannot take is in `loss`, and a strict caller refuses when an entry's weight is `content`.
 */
export function translateRequest(body: JsonObject, options: TranslateOptions): Result<TranslatedRequest> {
  const { from, to, target, ports = {} } = options;
  const decoded = hubs[from].decodeRequest(body);
  if (!decoded.ok) return decoded;
  const request = decoded.value;
  const loss = createLossLog();
  const isSame = from === to;
  const names = createToolNames(isSame ? null : target.toolNameChars);
  const context: EncodeContext = { request, target, loss, ports, names, isSame, size: { chars: 0 } };
  reportSkipped(request, context);
  const text = JSON.stringify(hubs[to].encodeRequest(context));
  const entries = loss.list();
  const isEmulated = entries.some((entry) => entry.code === 'json-emulated');
  return success({ body: text, loss: entries, state: toState(context, options, isEmulated) });
}

/** Reasoning of an answer, to be remembered under the ids of its calls for clients that drop it. */
export interface KeptTurn {
  readonly callIds: readonly string[];
  readonly text: string;
  readonly signature: string | null;
}

/** A whole answer in the client's dialect, and what the endpoint's own said. */
export interface TranslatedAnswer {
  /** JSON text. */
  readonly body: string;
  readonly facts: AnswerFacts;
  /** The text of the answer: what a form that was only asked for is checked against. */
  readonly text: string;
  /** Null when there is nothing to remember: no reasoning, or no call. */
  readonly kept: KeptTurn | null;
}

/** Translates a whole answer. Fails with CHG_UPSTREAM_MALFORMED when it is none. */
export function translateAnswer(
  body: unknown,
  state: TranslationState,
  identity: AnswerIdentity,
): Result<TranslatedAnswer> {
  const answer = readWireError(body) === null ? hubs[state.to].decodeAnswer(body, state) : null;
  if (answer === null || answer.finish === 'failed') {
    const reason = answer === null ? 'the body is no answer of its dialect' : 'the answer was broken off';
    return failure('CHG_UPSTREAM_MALFORMED', { offer: identity.model, reason });
  }
  const parts = answer.parts.map((part, index) =>
    part.type === 'tool-call' && part.id === ''
      ? { ...part, id: `call_${identity.answerId}_${index}` }
      : part,
  );
  const thoughts = parts.filter((part) => part.type === 'reasoning');
  const callIds = parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const encoded = hubs[state.from].encodeAnswer({ ...answer, parts }, state, identity);
  return success({
    body: JSON.stringify(encoded),
    facts: {
      usage: answer.usage,
      finish: answer.finish,
      reportedModel: answer.model === '' ? null : answer.model.slice(0, 256),
      error: null,
    },
    text,
    kept:
      callIds.length === 0 || thoughts.length === 0
        ? null
        : {
            callIds,
            text: thoughts.map((part) => part.text).join(''),
            signature: thoughts.find((part) => part.signature !== null)?.signature ?? null,
          },
  });
}

/**
 * An endpoint's refusal in the client's dialect, with the status that this dialect has for it. Texts on which
 * clients heal themselves (a prompt that is too long, a feature that is not there) get their exact words.
 */
export function translateError(
  to: HubDialect,
  upstream: { readonly status: number; readonly body: unknown },
): { readonly status: number; readonly body: string } {
  const { status, body } = hubs[to].encodeUpstreamError(readUpstreamError(upstream.status, upstream.body));
  return { status, body: JSON.stringify(body) };
}
