import { channelNamed, touched } from '../platform/browser.js';

/** What a tab sends to others after a commit. It is only a hint of what to read first; the database has the truth. */
export interface ChangeMessage {
  /** The database that was written: the replacement, after a failover. */
  database: string;
  snapshots: string[];
  sessions: string[];
  cleared: boolean;
  /** The list of keys of encryption is another one. */
  keys?: boolean;
}

/** How many ids of a message are used, and how many characters each may have. */
export const MOST_IDS = 1000;
const LONGEST_ID = 10_000;

/** Carries change messages between all tabs of the origin that use a database, workers and service workers included. */
export class ChangeChannel {
  #channel: BroadcastChannel | undefined;
  /** Whether messages can be received here. */
  isSupported = true;

  constructor(
    readonly databaseName: string,
    readonly receive: (message: ChangeMessage) => void,
  ) {}

  open(): void {
    if (this.#channel) return;
    this.#channel = this.#make();
    this.isSupported = !!this.#channel;
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = messageIn(data);
      if (message) this.receive(message);
    };
    // On Node, an idle channel must not keep the process alive.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  send(message: ChangeMessage): void {
    // The page may have been hidden during a save; other tabs still have to hear of it.
    const channel = this.#channel ?? this.#make();
    touched(() => channel?.postMessage(message));
    if (channel !== this.#channel) touched(() => channel?.close());
  }

  close(): void {
    touched(() => this.#channel?.close());
    this.#channel = undefined;
  }

  #make(): BroadcastChannel | undefined {
    return channelNamed(`offshoot:${this.databaseName}`);
  }
}

/** Checks a message: any script of the origin may send one, and so may another version of Offshoot. */
function messageIn(data: unknown): ChangeMessage | undefined {
  const { database, snapshots, sessions, cleared, keys } = (data ?? {}) as Partial<ChangeMessage>;
  if (typeof database !== 'string' || !Array.isArray(snapshots) || !Array.isArray(sessions)) return undefined;
  return {
    database,
    snapshots: idsIn(snapshots),
    sessions: idsIn(sessions),
    cleared: cleared === true,
    keys: keys === true,
  };
}

/** One more than the limit shows that there are more. */
const idsIn = (ids: unknown[]): string[] =>
  ids.slice(0, MOST_IDS + 1).filter((id): id is string => typeof id === 'string' && id.length <= LONGEST_ID);
