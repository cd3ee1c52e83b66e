import type { Ledger } from '../ledger/index.ts';
import type { StateStore } from '../store/index.ts';
import type { Log } from './log.ts';

const batchRows = 500;

/** Carries events of the state store into the ledger's chain. */
export interface OutboxDrain {
  /** Carries over what is there; calls that overlap share one run. Never rejects. */
  run(): Promise<void>;
}

/**
 * Creates the drain. An event is taken out of the outbox only after the ledger has it on disk, and the
 * ledger keeps an id once, so a crash between the two repeats nothing and loses nothing.
 */
export function createOutboxDrain(store: StateStore, ledger: Ledger, log: Log): OutboxDrain {
  let running: Promise<void> | null = null;
  let again = false;

  async function carry(): Promise<void> {
    do {
      again = false;
      for (;;) {
        const page = await store.readOutbox(batchRows);
        if (!page.ok) {
          log.warn(`Cannot read the outbox: ${page.failure.code}`);
          return;
        }
        if (page.value.length === 0) break;
        await Promise.all(page.value.map((event) => ledger.recorder.recordDurably(event)));
        const taken = await store.acknowledgeOutbox(page.value.map((event) => event.id));
        if (!taken.ok) {
          log.warn(`Cannot clear the outbox: ${taken.failure.code}`);
          return;
        }
      }
    } while (again);
  }

  return {
    run() {
      if (running !== null) {
        again = true;
        return running;
      }
      running = carry()
        .catch((error: unknown) => log.mistake(error, 'outbox'))
        .finally(() => {
          running = null;
        });
      return running;
    },
  };
}
