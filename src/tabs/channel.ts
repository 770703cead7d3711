/** What a tab tells the others after a commit. Only a hint: they read the database themselves. */
export interface ChangeMessage {
  version: number;
  snapshots: string[];
  sessions: string[];
  cleared: boolean;
}

/** Carries change messages between all tabs, workers and service workers of the origin that use a database. */
export class ChangeChannel {
  readonly #channel: BroadcastChannel | undefined;

  constructor(databaseName: string, receive: (message: ChangeMessage) => void) {
    if (typeof BroadcastChannel === 'undefined') return;
    this.#channel = new BroadcastChannel(`offshoot:${databaseName}`);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isChangeMessage(data)) receive(data);
    };
    // On Node, an idle channel must not keep the process alive.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  send(message: ChangeMessage): void {
    this.#channel?.postMessage(message);
  }

  close(): void {
    this.#channel?.close();
  }
}

/** Anything of the origin may post here, another version of Offshoot included. */
function isChangeMessage(data: unknown): data is ChangeMessage {
  const { version, snapshots, sessions } = (data ?? {}) as Partial<ChangeMessage>;
  return typeof version === 'number' && Array.isArray(snapshots) && Array.isArray(sessions);
}
