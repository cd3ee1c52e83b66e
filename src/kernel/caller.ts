import type { Dialect } from './dialect.ts';
import type { Principal } from './principal.ts';
import type { CallRecord, Purpose } from './record.ts';
import type { Failure } from './result.ts';

/** One request for the call engine: bytes in a client dialect, to a route or to one exact offer. */
export interface CallRequest {
  readonly dialect: Dialect;
  /** A JSON body of the dialect; its `model` is replaced by the offer's. */
  readonly body: Uint8Array;
  readonly target: { readonly route: string } | { readonly offer: string };
}

export interface CallOptions {
  readonly purpose: Purpose;
  readonly principal: Principal;
  readonly signal?: AbortSignal;
  /** Whole call, milliseconds; the route's own limits also hold. */
  readonly timeoutMs?: number;
  /**
   * For replay, shadow and judge: the route whose rules the called offer must satisfy. Another operator
   * or jurisdiction than that route's incumbent is refused unless the route names it.
   */
  readonly onBehalfOfRoute?: string;
}

/** What came back. A streamed answer arrives here whole. */
export interface Outcome {
  readonly status: number;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly failure: Failure | null;
  readonly record: CallRecord;
}

/** The one call engine, implemented by `gateway`, given to trials, probes, judges and the API by `assembly`. */
export interface Caller {
  call(request: CallRequest, options: CallOptions): Promise<Outcome>;
}
