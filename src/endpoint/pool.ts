import { Client } from 'undici';

import { type ConnectorOptions, openSocket } from './connector.ts';

/** Idle connections are closed after this; servers commonly close at 60 s and more. */
const idleMs = 30_000;
const maxHeaderBytes = 64 * 1024;

/** Who borrows a lane. */
export interface LaneHolder {
  /** A fresh connection is up. */
  onLaneConnected(): void;
}

/** One connection at a time, borrowed for one exchange after another. */
export class Lane {
  readonly client: Client;
  /** Answers completed on the present socket; 0 = fresh. */
  served = 0;
  idle = false;
  gone = false;
  /** A connection that is still being made; undici does not give it up by itself. */
  connecting: { destroy(): void } | null = null;
  /** Who has borrowed the lane. */
  holder: LaneHolder | null = null;

  constructor(client: Client) {
    this.client = client;
    client.on('connect', () => {
      this.served = 0;
      this.holder?.onLaneConnected();
    });
  }
}

/** Connections to one origin: last in, first out, so that the hot ones stay hot and the rest time out. */
export class Pool {
  readonly #options: ConnectorOptions;
  readonly maxConnections: number;
  readonly #lanes = new Set<Lane>();
  readonly #idle: Lane[] = [];

  constructor(options: ConnectorOptions, maxConnections: number) {
    this.#options = options;
    this.maxConnections = maxConnections;
  }

  /** Borrows a lane, or null when all are busy. `fresh` never takes one that has served before. */
  borrow(fresh: boolean): Lane | null {
    const lane = (fresh ? undefined : this.#idle.pop()) ?? this.#open();
    if (lane === null) return null;
    lane.idle = false;
    return lane;
  }

  /** Gives a lane back; `keep` is true only after a whole exchange. */
  giveBack(lane: Lane, keep: boolean): void {
    lane.holder = null;
    if (!keep || lane.gone) return this.#drop(lane);
    lane.served++;
    lane.idle = true;
    this.#idle.push(lane);
  }

  get size(): number {
    return this.#lanes.size;
  }

  async close(): Promise<void> {
    this.#idle.length = 0;
    for (const lane of this.#lanes) lane.connecting?.destroy();
    await Promise.all([...this.#lanes].map((lane) => lane.client.destroy()));
    this.#lanes.clear();
  }

  #open(): Lane | null {
    if (this.#lanes.size >= this.maxConnections) return null;
    const client = new Client(this.#options.url.origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: idleMs,
      maxHeaderSize: maxHeaderBytes,
      // Our own connector: undici must not open sockets by itself, or the address guard would be by-passed.
      connect: (_target, callback) => {
        lane.connecting = openSocket(this.#options, (error, socket) => {
          lane.connecting = null;
          if (error !== null || socket === null) callback(error ?? new Error('No socket'), null);
          else callback(null, socket);
        });
      },
    });
    const lane = new Lane(client);
    client.on('disconnect', () => {
      if (lane.idle) this.#drop(lane);
    });
    this.#lanes.add(lane);
    return lane;
  }

  #drop(lane: Lane): void {
    if (lane.gone) return;
    lane.gone = true;
    this.#lanes.delete(lane);
    const at = this.#idle.indexOf(lane);
    if (at !== -1) this.#idle.splice(at, 1);
    // Without this a host that takes connections and never speaks TLS would keep one for every call.
    lane.connecting?.destroy();
    lane.client.destroy().catch(() => {
      // The connection is being thrown away; how it ends does not matter to anybody.
    });
  }
}
