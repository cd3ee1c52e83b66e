import type { PlannedOffer } from '../routing/index.ts';
import type { OutboundRequest } from '../endpoint/index.ts';
import type { BoundCredential } from '../kernel/index.ts';
import { type Edit, isJsonObject, spliceObject } from '../protocol/index.ts';
import type { AcceptedCall } from './call.ts';

const allocate = (size: number): Uint8Array => Buffer.allocUnsafe(size);

/** A request for one offer, and whether the gateway asked for usage that the client did not ask for. */
export interface PreparedRequest {
  readonly outbound: OutboundRequest;
  readonly usageAdded: boolean;
}

const origins = new Map<string, string>();

function toOrigin(url: string): string {
  let origin = origins.get(url);
  if (origin === undefined) {
    // Limit: URLs come from the config only; the map is cleared all the same when reloads pile up.
    if (origins.size > 10_000) origins.clear();
    origin = new URL(url).origin;
    origins.set(url, origin);
  }
  return origin;
}

function toEdits(call: AcceptedCall, planned: PlannedOffer): { edits: Edit[]; usageAdded: boolean } {
  const { features } = call;
  const { offer, endpoint } = planned;
  const edits: Edit[] = [];
  if (offer.wireModel !== features.model) {
    edits.push({ key: 'model', value: JSON.stringify(offer.wireModel) });
  }
  const asksUsage =
    features.dialect === 'openai-chat' &&
    features.stream &&
    !features.wantsStreamUsage &&
    endpoint.profile.streamUsage === 'ask';
  if (asksUsage) {
    const present = isJsonObject(call.streamOptions) ? call.streamOptions : {};
    edits.push({ key: 'stream_options', value: JSON.stringify({ ...present, include_usage: true }) });
  }
  return { edits, usageAdded: asksUsage };
}

/**
 * Makes the request for one offer: the client's own bytes with the model's name spliced in, allowed
 * headers, and the credential, which is given out for the endpoint's own origin only. Null when the
 * credential belongs to another origin.
 */
export function prepareRequest(
  call: AcceptedCall,
  planned: PlannedOffer,
  credential: BoundCredential | undefined,
): PreparedRequest | null {
  const { door, endpoint, offer } = planned;
  const url = door.url.includes('{model}')
    ? door.url.replaceAll('{model}', encodeURIComponent(offer.wireModel))
    : door.url;
  const { edits, usageAdded } = toEdits(call, planned);
  const body = edits.length === 0 ? call.body : spliceObject(call.body, call.scan, { edits, allocate });
  const headers: string[] = [
    'content-type',
    'application/json',
    'accept',
    call.features.stream ? 'text/event-stream' : 'application/json',
    // Frames are read as they pass; compressed ones would have to be undone first.
    'accept-encoding',
    'identity',
    'user-agent',
    'changeover',
  ];
  const isGiven = (name: string): boolean => call.forwardHeaders.includes(name);
  for (const name in door.headers) {
    const value = door.headers[name];
    if (value !== undefined && !isGiven(name)) headers.push(name, value);
  }
  headers.push(...call.forwardHeaders);
  if (door.auth !== 'none') {
    const secretHeaders = credential?.headersFor(toOrigin(url)) ?? null;
    if (secretHeaders === null) return null;
    for (const name in secretHeaders) {
      const value = secretHeaders[name];
      if (value !== undefined) headers.push(name, value);
    }
  }
  return { outbound: { endpoint, url, method: 'POST', headers, body }, usageAdded };
}
