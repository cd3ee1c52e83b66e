import { isUtf8 } from 'node:buffer';

import { failure, limits, type Result, success } from '../kernel/index.ts';
import {
  type DialectCodec,
  isJsonObject,
  type JsonObject,
  type ObjectScan,
  type RequestFeatures,
  scanObject,
} from '../protocol/index.ts';

/** A body that was read once: its features, and where the editable values stand in its bytes. */
export interface ParsedRequest {
  readonly features: RequestFeatures;
  readonly scan: ObjectScan;
  readonly streamOptions: unknown;
}

/** The top-level members that the gateway edits, or on which it decides; none may stand there twice. */
const decisive: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'stream_options',
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'n',
]);

function parseJson(bytes: Buffer): Result<JsonObject> {
  if (bytes.length === 0) return failure('CHG_BODY_INVALID', { reason: 'it is empty' });
  if (!isUtf8(bytes)) return failure('CHG_BODY_INVALID', { reason: 'it is not UTF-8' });
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    return failure('CHG_BODY_INVALID', { reason: 'it is not JSON' });
  }
  if (!isJsonObject(body)) return failure('CHG_BODY_INVALID', { reason: 'it is not a JSON object' });
  return success(body);
}

/** Parses a body once, to read; the bytes themselves are what is sent on. */
export function parseRequest(bytes: Buffer, codec: DialectCodec): Result<ParsedRequest> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return parsed;
  const scan = scanObject(bytes, decisive);
  if (scan.depth > limits.jsonDepth) {
    return failure('CHG_BODY_INVALID', { reason: `it is nested deeper than ${limits.jsonDepth} levels` });
  }
  if (scan.duplicate !== null) {
    return failure('CHG_BODY_INVALID', { reason: `"${scan.duplicate}" stands in it twice` });
  }
  const features = codec.readFeatures(parsed.value);
  if (!features.ok) return features;
  return success({ features: features.value, scan, streamOptions: parsed.value['stream_options'] });
}
