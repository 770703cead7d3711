import { channelNamed, touched } from '../platform/browser.js';

/** What a tab tells the others after a commit. Only a hint of what to read first: what happened is what is stored. */
export interface ChangeMessage {
  /** Which database was written: not the one that was asked for, if that cannot be opened. */
  database: string;
  snapshots: string[];
  sessions: string[];
  cleared: boolean;
}

/** How many ids of a message are looked at, and of how many characters each. */
export const MOST_IDS = 1000;
const LONGEST_ID = 10_000;

/** Carries change messages between all tabs, workers and service workers of the origin that use a database. */
export class ChangeChannel {
  #channel: BroadcastChannel | undefined;
  /** Whether anything can be heard here at all. */
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
    // Put down in the midst of a save; others want to know of that all the same.
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

/** Anything of the origin may post anything here, another version of Offshoot included. */
function messageIn(data: unknown): ChangeMessage | undefined {
  const { database, snapshots, sessions, cleared } = (data ?? {}) as Partial<ChangeMessage>;
  if (typeof database !== 'string' || !Array.isArray(snapshots) || !Array.isArray(sessions)) return undefined;
  return { database, snapshots: idsIn(snapshots), sessions: idsIn(sessions), cleared: cleared === true };
}

/** One more than are looked at tells that there are more. */
const idsIn = (ids: unknown[]): string[] =>
  ids.slice(0, MOST_IDS + 1).filter((id): id is string => typeof id === 'string' && id.length <= LONGEST_ID);
