import type { AcceptedCall } from './call.ts';

interface AnswerMark {
  readonly stream: boolean;
  readonly offer: string | null;
  readonly upstreamId: string | null;
}

/**
 * Headers of an answer, name and value in turn. Of the upstream's own headers only its request id
 * survives, under our name; the rest may name accounts, limits and infrastructure that are not the client's.
 */
export function toAnswerHeaders(call: Pick<AcceptedCall, 'id'>, mark: AnswerMark): string[] {
  const headers = ['x-changeover-call', call.id, 'x-request-id', call.id, 'request-id', call.id];
  if (mark.offer !== null) headers.push('x-changeover-offer', toHeaderText(mark.offer));
  if (mark.upstreamId !== null) headers.push('x-changeover-upstream-id', mark.upstreamId);
  if (mark.stream) {
    headers.push(
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-cache, no-transform',
    );
    // Proxies that buffer (nginx by default) would hold the stream back.
    headers.push('x-accel-buffering', 'no');
  }
  return headers;
}

/** A text that is safe as a header value: names in other scripts are percent-encoded. */
function toHeaderText(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
}
