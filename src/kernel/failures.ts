/** `status`: HTTP status for clients. `retry`: may the gateway try again, and where. `remedy`: what the reader can do. */
export interface FailureSpec {
  readonly status: number;
  readonly retry: 'never' | 'same' | 'next';
  readonly text: string;
  readonly remedy: string;
}

/**
 * Every failure that a caller can see. Codes are public and are never reused.
 * docs/reference/errors.md is generated from this table.
 */
export const failures = {
  CHG_KEY_MISSING: {
    status: 401,
    retry: 'never',
    text: 'Cannot identify the caller: no key was sent',
    remedy: 'Send a key as "Authorization: Bearer chg_…", "x-api-key", "x-goog-api-key" or "?key="',
  },
  CHG_KEY_UNKNOWN: {
    status: 401,
    retry: 'never',
    text: 'Cannot identify the caller: the key is unknown, revoked or expired',
    remedy: 'Create a key with "changeover key create", or use another one',
  },
  CHG_ADMIN_REQUIRED: {
    status: 401,
    retry: 'never',
    text: 'Cannot use the admin API: the admin key is missing or wrong',
    remedy: 'Send "Authorization: Bearer <admin key>"; the key is in admin.json of the data folder',
  },
  CHG_ADMIN_THROTTLED: {
    status: 429,
    retry: 'never',
    text: 'Cannot look at another admin key now: this address has sent {limit} wrong ones',
    remedy: 'Wait a few seconds and send the right one; open sessions go on',
  },
  CHG_CROSS_SITE: {
    status: 403,
    retry: 'never',
    text: 'Cannot use the admin API from a page of another site',
    remedy: 'Use the page that this server serves, the command line, or a client that is no browser',
  },
  CHG_MEDIA_TYPE: {
    status: 415,
    retry: 'never',
    text: 'Cannot read the body: {reason}',
    remedy: 'Send plain JSON in UTF-8 with content-type application/json',
  },
  CHG_ROUTE_FORBIDDEN: {
    status: 403,
    retry: 'never',
    text: 'Cannot use route "{route}": key "{key}" does not list it',
    remedy: 'Ask for a key whose routes include it',
  },
  CHG_ROUTE_UNKNOWN: {
    status: 404,
    retry: 'never',
    text: 'Cannot find route "{route}"',
    remedy: 'GET /v1/models lists the routes of this key; "changeover route list" shows all',
  },
  CHG_PATH_UNKNOWN: {
    status: 404,
    retry: 'never',
    text: 'Cannot find "{method} {path}"',
    remedy: 'See the list of paths in the README',
  },
  CHG_METHOD_NOT_ALLOWED: {
    status: 405,
    retry: 'never',
    text: 'Cannot use method {method} on "{path}"',
    remedy: 'Use the method that the path documents',
  },
  CHG_BODY_INVALID: {
    status: 400,
    retry: 'never',
    text: 'Cannot read the body: {reason}',
    remedy: 'Send one JSON object in UTF-8 with each key once',
  },
  CHG_FIELD_INVALID: {
    status: 400,
    retry: 'never',
    text: 'Cannot accept the request: {field} {reason}',
    remedy: 'Correct the field that is named',
  },
  CHG_BODY_TOO_LARGE: {
    status: 413,
    retry: 'never',
    text: 'Cannot accept the body: it is larger than {limitBytes} bytes',
    remedy: 'Send less, or raise limits.body_bytes in changeover.yaml',
  },
  CHG_ENCODING_UNSUPPORTED: {
    status: 415,
    retry: 'never',
    text: 'Cannot read the body: content-encoding "{encoding}" is not supported',
    remedy: 'Send identity, gzip, deflate, br or zstd',
  },
  CHG_REQUEST_TIMEOUT: {
    status: 408,
    retry: 'never',
    text: 'Cannot read the body within {limitMs} ms',
    remedy: 'Send the body faster',
  },
  CHG_BUSY: {
    status: 503,
    retry: 'never',
    text: 'Cannot accept more work now: {what} has reached its limit of {limit}',
    remedy: 'Wait a second and send again',
  },
  CHG_DRAINING: {
    status: 503,
    retry: 'never',
    text: 'Cannot accept new calls: this process is stopping',
    remedy: 'Send again; another process or the next start will answer',
  },
  CHG_CONCURRENCY_LIMIT: {
    status: 429,
    retry: 'never',
    text: 'Cannot admit the call: key "{key}" already has {limit} calls in flight',
    remedy: 'Wait for one to end, or ask for a higher limit',
  },
  CHG_BUDGET_SPENT: {
    status: 402,
    retry: 'never',
    text: 'Cannot admit the call: the {period} budget of key "{key}" is spent',
    remedy: 'Wait for the next period, or ask for a higher budget',
  },
  CHG_POLICY_REFUSED: {
    status: 403,
    retry: 'never',
    text: 'Cannot send this call anywhere: {reason}',
    remedy: "Change the route's allowed jurisdictions or operators, or its offers",
  },
  CHG_DIALECT_UNSERVED: {
    status: 501,
    retry: 'never',
    text: 'Cannot serve {dialect} on route "{route}": none of its offers speaks it',
    remedy: 'Add an offer whose endpoint speaks this dialect',
  },
  CHG_NO_OFFER: {
    status: 503,
    retry: 'never',
    text: 'Cannot serve route "{route}": no offer is available ({reason})',
    remedy: 'See "changeover route show {route}"',
  },
  CHG_UPSTREAM_UNREACHABLE: {
    status: 502,
    retry: 'next',
    text: 'Cannot reach {offer}: {reason}',
    remedy: 'Check the endpoint with "changeover endpoint test"',
  },
  CHG_UPSTREAM_REFUSED_ADDRESS: {
    status: 502,
    retry: 'next',
    text: 'Cannot connect to {offer}: its address {address} is not allowed',
    remedy: "Only addresses that the admin wrote into the endpoint's URL may be private or loopback",
  },
  CHG_UPSTREAM_TIMEOUT: {
    status: 504,
    retry: 'next',
    text: 'Cannot get an answer from {offer}: {phase} took longer than {limitMs} ms',
    remedy: "Raise the route's timeouts, or add a fallback",
  },
  CHG_UPSTREAM_CUT: {
    status: 502,
    retry: 'next',
    text: 'Cannot finish the answer: {offer} closed the connection early',
    remedy: 'Send again; what has arrived so far is incomplete',
  },
  CHG_UPSTREAM_MALFORMED: {
    status: 502,
    retry: 'next',
    text: 'Cannot read the answer of {offer}: {reason}',
    remedy: "Check that the endpoint's URL and profile fit the server behind it",
  },
  CHG_UPSTREAM_TOO_LARGE: {
    status: 502,
    retry: 'next',
    text: 'Cannot relay the answer of {offer}: it is larger than {limitBytes} bytes',
    remedy: 'Use streaming, or raise limits.answer_bytes',
  },
  CHG_UPSTREAM_ERROR: {
    status: 502,
    retry: 'next',
    text: '{offer} failed with status {status}',
    remedy: "See the vendor's message; a fallback would have been tried",
  },
  CHG_UPSTREAM_RATE_LIMITED: {
    status: 429,
    retry: 'next',
    text: '{offer} refused the call: too many requests',
    remedy: 'Wait as Retry-After says, or add a fallback',
  },
  CHG_UPSTREAM_CREDENTIAL: {
    status: 502,
    retry: 'next',
    text: "{offer} did not accept the gateway's credential",
    remedy: 'Check the endpoint\'s key with "changeover endpoint test"',
  },
  CHG_UPSTREAM_BALANCE: {
    status: 502,
    retry: 'next',
    text: '{offer} refused the call: the account has no balance or is locked',
    remedy: 'Pay the vendor, or serve another offer',
  },
  CHG_UPSTREAM_CONTENT: {
    status: 400,
    retry: 'never',
    text: '{offer} refused the content of the call',
    remedy: "See the vendor's message",
  },
  CHG_UPSTREAM_REQUEST: {
    status: 400,
    retry: 'never',
    text: '{offer} refused the request',
    remedy: "See the vendor's message and correct the request",
  },
  CHG_CLIENT_GONE: {
    status: 499,
    retry: 'never',
    text: 'The client left before the answer was complete',
    remedy: 'Nothing to do; the upstream call was stopped',
  },
  CHG_LEDGER_BEHIND: {
    status: 503,
    retry: 'never',
    text: 'Cannot admit the call: the ledger is behind by more than its limit',
    remedy: 'Check disk space and speed of the data folder; "changeover status" shows the queue',
  },
  CHG_CONFIG_INVALID: {
    status: 422,
    retry: 'never',
    text: 'Cannot use the configuration: {reason}',
    remedy: 'Run "changeover config check"',
  },
  CHG_CONFIG_READ_ONLY: {
    status: 409,
    retry: 'never',
    text: 'Cannot change the configuration here: the file "{file}" rules',
    remedy: 'Edit the file; it is reloaded by itself',
  },
  CHG_SERVING_CONFLICT: {
    status: 409,
    retry: 'never',
    text: 'Cannot switch route "{route}": its serving is at version {actual}, not {expected}',
    remedy: 'Look at "changeover route show {route}" and decide again',
  },
  CHG_SERVING_NO_PREVIOUS: {
    status: 409,
    retry: 'never',
    text: 'Cannot go back on route "{route}": there is no earlier serving',
    remedy: 'Use "changeover route switch" to name an offer',
  },
  CHG_OFFER_UNKNOWN: {
    status: 404,
    retry: 'never',
    text: 'Cannot find offer "{offer}"',
    remedy: 'Write it as model@endpoint; "changeover endpoint list" shows what is there',
  },
  CHG_NOT_FOUND: {
    status: 404,
    retry: 'never',
    text: 'Cannot find {what} "{id}"',
    remedy: 'List what exists first',
  },
  CHG_CONFIG_CONFLICT: {
    status: 409,
    retry: 'never',
    text: 'Cannot change the configuration: {reason}',
    remedy: 'Read the current version and edit that one',
  },
  CHG_START_REFUSED: {
    status: 503,
    retry: 'never',
    text: 'Cannot start: {reason}',
    remedy: 'Do what the sentence says and start again',
  },
  CHG_STORE_FAILED: {
    status: 503,
    retry: 'never',
    text: 'Cannot use the store: {reason}',
    remedy: 'Check disk space and rights of the data folder; calls go on meanwhile',
  },
  CHG_INTERNAL: {
    status: 500,
    retry: 'never',
    text: 'Cannot finish: a mistake inside Changeover (call {call})',
    remedy: 'Report it with the call id; the log has the details',
  },
} as const satisfies Record<`CHG_${string}`, FailureSpec>;

export type FailureCode = keyof typeof failures;
