/** What a tab tells the others after a commit. Only a hint: they read the database themselves. */
export interface ChangeMessage {
  version: number;
  snapshots: string[];
  sessions: string[];
  cleared: boolean;
}

export interface ChangeChannel {
  send(message: ChangeMessage): void;
  close(): void;
}

/** Carries change messages between all tabs, workers and service workers of the origin that use a database. */
export function openChannel(databaseName: string, receive: (message: ChangeMessage) => void): ChangeChannel {
  const channel =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(`offshoot:${databaseName}`);
  if (channel) {
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isChangeMessage(data)) receive(data);
    };
    // On Node, an idle channel must not keep the process alive.
    (channel as { unref?: () => void }).unref?.();
  }
  return {
    send: (message) => channel?.postMessage(message),
    close: () => channel?.close(),
  };
}

/** Anything of the origin may post here, another version of Offshoot included. */
function isChangeMessage(data: unknown): data is ChangeMessage {
  const { version, snapshots, sessions } = (data ?? {}) as Partial<ChangeMessage>;
  return typeof version === 'number' && Array.isArray(snapshots) && Array.isArray(sessions);
}
