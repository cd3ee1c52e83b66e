import { readWireError } from './wire-error.ts';

/** What an endpoint's refusal is, in words that both dialects have. */
export type UpstreamErrorKind =
  | 'invalid'
  | 'authentication'
  | 'billing'
  | 'permission'
  | 'not-found'
  | 'too-large'
  | 'context'
  | 'rate'
  | 'timeout'
  | 'overloaded'
  | 'failed';

/** An endpoint's refusal, read from its status and body. */
export interface UpstreamError {
  readonly kind: UpstreamErrorKind;
  readonly status: number;
  readonly code: string;
  readonly text: string;
  /** For `context`: the prompt's size and the bound, where the text tells. */
  readonly tokens: { readonly given: number | null; readonly most: number | null } | null;
}

const byStatus: Readonly<Record<number, UpstreamErrorKind>> = {
  401: 'authentication',
  402: 'billing',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  413: 'too-large',
  429: 'rate',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

/**
 * How hosts say that a prompt is too long, with where the bound and the size stand in it. Sources: OpenAI and
 * those who copy it (vLLM, DeepSeek, SGLang), Anthropic, Moonshot, llama.cpp, Alibaba, Zhipu.
 */
const contextTexts: readonly RegExp[] = [
  /maximum context length is (?<most>\d+) tokens.*?(?:requested|resulted in|has) (?<given>\d+)/is,
  /prompt is too long: (?<given>\d+) tokens > (?<most>\d+)/i,
  /prompt is too long/i,
  /exceeded model token limit: (?<most>\d+)/i,
  /exceeds? the (?:available|model's maximum) context (?:size|length)[^\d]*(?<most>\d+)?/i,
  /input length should be \[1, (?<most>\d+)\]/i,
  /maximum context length/i,
  /prompt exceeds max length/i,
  /input is too long/i,
];

const contextCodes = new Set(['context_length_exceeded', 'exceed_context_size_error', '1261']);

function toCount(text: string | undefined): number | null {
  return text === undefined ? null : Number.parseInt(text.slice(0, 15), 10);
}

function readContext(code: string, text: string): UpstreamError['tokens'] {
  for (const pattern of contextTexts) {
    const match = pattern.exec(text);
    if (match === null) continue;
    return { given: toCount(match.groups?.['given']), most: toCount(match.groups?.['most']) };
  }
  return contextCodes.has(code) ? { given: null, most: null } : null;
}

/** Reads an endpoint's refusal. A body without an error in it leaves the status to speak. */
export function readUpstreamError(status: number, body: unknown): UpstreamError {
  const { code, text } = readWireError(body) ?? { code: '', text: '' };
  const mayBeContext = status === 400 || status === 413 || status === 422;
  const tokens = mayBeContext ? readContext(code, text) : null;
  if (tokens !== null) return { kind: 'context', status, code, text, tokens };
  const known = Object.hasOwn(byStatus, status) ? byStatus[status] : undefined;
  const kind = known ?? (status >= 500 ? 'failed' : 'invalid');
  return { kind, status, code, text, tokens: null };
}
