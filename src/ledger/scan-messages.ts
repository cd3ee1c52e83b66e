import type { ExportRange } from './export-ledger.ts';
import type { ExportSummary } from './ledger.ts';

/** A page of ids that an erasure is to take; `next` is where to go on, null at the end. */
export interface FoundIds {
  readonly ids: readonly string[];
  readonly next: number | null;
}

/** What can be asked of a thread that reads much. One such thread lives for one piece of work. */
export type ScanRequest =
  | {
      readonly type: 'verify';
      readonly now: number;
      readonly publicKeys: readonly string[];
      readonly outsideFile: string | undefined;
    }
  | { readonly type: 'begin-export'; readonly range: ExportRange }
  | { readonly type: 'next-piece' }
  | { readonly type: 'backup'; readonly path: string }
  | {
      readonly type: 'find-calls';
      readonly org: string;
      readonly key: string | null;
      readonly conversation: string | null;
      /** Rows after this place. */
      readonly after: number;
      readonly count: number;
    };

/** The next piece of an export, or what was written in all. */
export type ExportStep = { readonly piece: Uint8Array } | { readonly summary: ExportSummary };
