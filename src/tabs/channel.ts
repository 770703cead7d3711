import { channelNamed, touched } from '../platform/browser.js';
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
      if (isChangeMessage(data)) this.receive(data);
    };
    // On Node, an idle channel must not keep the process alive.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  send(message: ChangeMessage): void {
    // Put down in the midst of a save; others want to know of that all the same.
    const channel = this.#channel ?? this.#make();
    touched(() => channel?.postMessage(message));
    if (channel !== this.#channel) channel?.close();
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #make(): BroadcastChannel | undefined {
    return channelNamed(`offshoot:${this.databaseName}`);
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
