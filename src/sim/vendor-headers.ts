import type { Dialect } from '../kernel/index.ts';
import type { IdMaker } from './answer.ts';
import type { SimVendor } from './types.ts';

/** A request id in the vendor's form. */
export function toRequestId(vendor: SimVendor, ids: IdMaker): string {
  switch (vendor) {
    case 'anthropic':
      return `req_01${ids.letters(22)}`;
    case 'openai':
      return `req_${ids.hex(32)}`;
    case 'deepseek':
      return ids.hex(32);
    case 'qwen':
      return ids.uuid();
    case 'glm':
    default:
      return `20261123${ids.digits(6)}${ids.hex(16)}`;
  }
}

/** An answer id in the form of vendor and dialect. */
export function toAnswerId(vendor: SimVendor, dialect: Dialect, ids: IdMaker): string {
  if (dialect === 'anthropic-messages') {
    return vendor === 'deepseek' ? ids.uuid() : `msg_01${ids.letters(22)}`;
  }
  switch (vendor) {
    case 'deepseek':
      return ids.uuid();
    case 'qwen':
      return `chatcmpl-${ids.uuid()}`;
    case 'glm':
      return `20261123${ids.digits(6)}${ids.hex(16)}`;
    case 'openai':
    case 'anthropic':
    default:
      return `chatcmpl-${ids.letters(29)}`;
  }
}

/** A tool call's id in the form of vendor and dialect. */
export function toCallId(vendor: SimVendor, dialect: Dialect, ids: IdMaker): string {
  if (dialect === 'anthropic-messages') {
    return vendor === 'deepseek' ? `call_00_${ids.letters(24)}` : `toolu_01${ids.letters(22)}`;
  }
  switch (vendor) {
    case 'deepseek':
      return `call_00_${ids.letters(24)}`;
    case 'qwen':
      return `call_${ids.hex(24)}`;
    case 'glm':
      return `call_-${ids.digits(19)}`;
    case 'openai':
    case 'anthropic':
    default:
      return `call_${ids.letters(24)}`;
  }
}

/** Headers that the vendor sends with every answer: its request id, and rate limits where it has them. */
export function toVendorHeaders(
  vendor: SimVendor,
  requestId: string,
  context: { readonly nowMs: number; readonly requests: number },
): Record<string, string> {
  const left = String(Math.max(0, 10_000 - (context.requests % 10_000)));
  switch (vendor) {
    case 'openai':
      return {
        'x-request-id': requestId,
        'openai-version': '2020-10-01',
        'openai-organization': 'org-sim',
        'openai-processing-ms': '12',
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-limit-tokens': '30000000',
        'x-ratelimit-remaining-requests': left,
        'x-ratelimit-remaining-tokens': '29999000',
        'x-ratelimit-reset-requests': '6ms',
        'x-ratelimit-reset-tokens': '2ms',
      };
    case 'anthropic': {
      const reset = new Date(context.nowMs + 1000).toISOString().replace(/\.\d+Z$/, 'Z');
      return {
        'request-id': requestId,
        'anthropic-organization-id': '00000000-0000-4000-8000-0000000051a1',
        'anthropic-ratelimit-requests-limit': '10000',
        'anthropic-ratelimit-requests-remaining': left,
        'anthropic-ratelimit-requests-reset': reset,
        'anthropic-ratelimit-input-tokens-limit': '2000000',
        'anthropic-ratelimit-input-tokens-remaining': '1999000',
        'anthropic-ratelimit-input-tokens-reset': reset,
        'anthropic-ratelimit-output-tokens-limit': '400000',
        'anthropic-ratelimit-output-tokens-remaining': '399000',
        'anthropic-ratelimit-output-tokens-reset': reset,
      };
    }
    case 'deepseek':
      return { 'x-ds-trace-id': requestId };
    case 'qwen':
      return { 'x-request-id': requestId, 'req-cost-time': '12' };
    case 'glm':
    default:
      return { 'x-log-id': requestId };
  }
}
