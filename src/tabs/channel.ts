import type { Stretch } from './heard.js';

/** What a tab tells the others after a commit. Only a hint: they read the database themselves. */
export interface ChangeMessage extends Stretch {
  /** Which database was written: not the one that was asked for, if that cannot be opened. */
  database: string;
  snapshots: string[];
  sessions: string[];
  cleared: boolean;
}

/** Carries change messages between all tabs, workers and service workers of the origin that use a database. */
export class ChangeChannel {
  #channel: BroadcastChannel | undefined;

  constructor(
    readonly databaseName: string,
    readonly receive: (message: ChangeMessage) => void,
  ) {}

  /** Whether anything can be heard here at all. */
  get isSupported(): boolean {
    return typeof BroadcastChannel !== 'undefined';
  }

  open(): void {
    if (this.#channel || !this.isSupported) return;
    this.#channel = new BroadcastChannel(`offshoot:${this.databaseName}`);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isChangeMessage(data)) this.receive(data);
    };
    // On Node, an idle channel must not keep the process alive.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  send(message: ChangeMessage): void {
    if (this.#channel) return this.#channel.postMessage(message);
    if (!this.isSupported) return;
    // Put down in the midst of a save; others want to know of that all the same.
    const channel = new BroadcastChannel(`offshoot:${this.databaseName}`);
    channel.postMessage(message);
    channel.close();
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}

/** Anything of the origin may post here, another version of Offshoot included. */
function isChangeMessage(data: unknown): data is ChangeMessage {
  const { since, version, snapshots, sessions } = (data ?? {}) as Partial<ChangeMessage>;
  return (
    typeof since === 'number' &&
    typeof version === 'number' &&
    Array.isArray(snapshots) &&
    Array.isArray(sessions)
  );
}
