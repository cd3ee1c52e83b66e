import type { EventRecord } from '../kernel/index.ts';
import type { ChainWriter } from './chain-writer.ts';
import { encodeRecordHead } from './record-format.ts';

/** The org whose chain holds what the ledger says about itself as a whole. */
export const systemOrg = 'main';

/** Names of the events that the ledger itself writes; verification reads them. */
export const ledgerEvents = {
  /** Calls were served but not recorded; `data.calls` counts them. */
  gap: 'ledger.gap',
  /** Bodies, conversations and salts were deleted; `data.digest` names the rows. */
  erased: 'ledger.erased',
  /** Old rows were deleted behind checkpoint `data.checkpoint`. */
  pruned: 'ledger.pruned',
  /** The process ended while a call was open; `subject` is the call. */
  interrupted: 'call.interrupted',
} as const;

/** Chains an event that the writer itself makes. */
export function appendEvent(chains: ChainWriter, event: Omit<EventRecord, 'kind'>): void {
  chains.append(encodeRecordHead({ kind: 'event', ...event }), {
    org: event.org,
    kind: 'event',
    at: event.at,
    id: event.id,
    conversation: null,
    salt: null,
    cost: null,
    currency: null,
    bodyBlock: null,
    bodyPosition: null,
  });
}
