import type { PagePosition } from '../store/ledger/index.ts';
import type { CallFilter, OverviewRequest } from './ledger.ts';

/** What the reader can be asked. `now` decides which bodies have expired. */
export type ReaderRequest =
  | {
      readonly type: 'calls';
      readonly org: string | null;
      readonly before: PagePosition | null;
      readonly limit: number;
      readonly filter: CallFilter;
      readonly now: number;
    }
  | {
      readonly type: 'events';
      readonly org: string | null;
      readonly before: PagePosition | null;
      readonly limit: number;
      readonly event: string | null;
      readonly subject: string | null;
    }
  | { readonly type: 'call'; readonly id: string; readonly now: number }
  | { readonly type: 'overview'; readonly request: OverviewRequest }
  | { readonly type: 'spending'; readonly fromDay: number };

/** Given to the reader when it starts. */
export interface ReaderData {
  readonly path: string;
}
