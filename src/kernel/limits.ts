/**
 * Named limits of everything that comes from outside or can grow. Those marked (config) are the
 * defaults of `limits` in changeover.yaml.
 */
export const limits = {
  /** (config) One request body after decompression: 32 MiB holds a million tokens with images. */
  bodyBytes: 32 * 1024 * 1024,
  /** (config) All request bodies in flight: beyond it 503, so that a burst of large prompts cannot exhaust memory. */
  bodyBytesInFlight: 512 * 1024 * 1024,
  /** (config) One non-streamed answer, which is read whole so that a 200 with an error body can fall back. */
  answerBytes: 64 * 1024 * 1024,
  /** One SSE frame; longer ones are a broken or hostile upstream. Tool arguments of 10 MB fit. */
  frameBytes: 16 * 1024 * 1024,
  /** Frames held before the first content event, so that failover stays legal. */
  heldBytes: 1024 * 1024,
  /** Nesting of a request body; deeper JSON is refused before it can exhaust a stack downstream. */
  jsonDepth: 200,
  /** (config) Client connections at once. */
  connections: 20_000,
  /** Bytes of all request headers. */
  headerBytes: 64 * 1024,
  /** Time for a client to send its whole body. */
  bodyReadMs: 120_000,
  /** Offers tried for one call. */
  attempts: 6,
  /** Upstream error bodies are read up to this size and shown capped. */
  errorBodyBytes: 64 * 1024,
  /** Time until headers are sent with 200 and comment lines while the first event is awaited. */
  heldStatusMs: 5_000,
  /** Between comment lines on a quiet stream. */
  keepAliveMs: 15_000,
  /** Rows waiting for the ledger: bodies are shed beyond the first, calls refused beyond the second. */
  ledgerQueueShed: 20_000,
  ledgerQueueRows: 50_000,
  /** Body bytes waiting for the ledger. */
  ledgerQueueBytes: 128 * 1024 * 1024,
  /** Keys in one store; look-up is in memory. */
  keys: 100_000,
  /**
   * Tokens of one class in one call that are believed: a hundred times the largest context. An absurd figure
   * of a vendor would otherwise empty a key's budget, or pass the integers of the ledger, which could then
   * write nothing behind it.
   */
  callTokens: 1_000_000_000,
  /** A config document. */
  configBytes: 1024 * 1024,
} as const;

/** The limits that changeover.yaml may change. */
export interface ConfigurableLimits {
  readonly bodyBytes: number;
  readonly bodyBytesInFlight: number;
  readonly answerBytes: number;
  readonly connections: number;
}
