import { SessionStoreError } from '../../errors.js';
import { isServer } from '../../platform/browser.js';
import type { WireOptions } from '../wire/requests.js';
import { SyncServer } from '../wire/sync-server.js';
import type { SyncEvent } from '../local/events.js';
import type { OpenedLocalSync } from '../local/local-sync.js';
import { StatusBoard, type SyncStatus } from './status.js';
import { stopped, SyncEngine } from './sync-engine.js';

export interface SignOutOptions {
  /** Whether the sessions stay on this device, for the same person's next sign-in. Otherwise they are removed from it, and stay on the server. */
  keep: boolean;
  /** With `keep: false`: also gives up what was saved here and never sent. */
  discard?: boolean | undefined;
}

/** Syncing of one store, until it is stopped. */
export interface SyncHandle {
  readonly status: SyncStatus;
  /** Calls back with each change of the status. Returns a function that ends it. */
  onStatus(callback: (status: SyncStatus) => void): () => void;
  /** Calls back with what syncing had to do, in any tab. Returns a function that ends it. */
  onEvent(callback: (event: SyncEvent) => void): () => void;
  /**
   * Sends and fetches now. Resolves when what was here at the call is on the server, and what was there is here. Otherwise
   * rejects, after a few attempts and never without an end: `UNAVAILABLE` offline, `PERMISSION_DENIED` if nobody or somebody else is
   * signed in, `FAILED_PRECONDITION` after `stop()`, for a version that is too old, and for rows that the server does not take;
   * `RESOURCE_EXHAUSTED` if the server is full; the signal's reason.
   */
  now(options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /** Ends syncing here; what is not sent stays queued. Other tabs go on. */
  stop(): Promise<void>;
  /**
   * Ends syncing for the person who is signed in; call it in all tabs, or reload the others. Rejects with `FAILED_PRECONDITION`, and
   * goes on, if `keep: false` would lose what was not sent; `discard: true` loses it.
   */
  signOut(options: SignOutOptions): Promise<void>;
}

export class Sync implements SyncHandle {
  readonly #board = new StatusBoard();
  readonly #opening: Promise<{ opened: OpenedLocalSync; engine: SyncEngine }>;
  #unfollow: (() => void) | undefined;
  #isStopped = false;

  constructor(open: () => Promise<OpenedLocalSync>, wire: WireOptions, key: null | undefined) {
    this.#opening = this.#open(open, wire, key);
    this.#opening.catch((error: SessionStoreError) => {
      this.#board.set({ state: 'stopped', error: { status: error.status, message: error.message } });
    });
  }

  get status(): SyncStatus {
    return this.#board.status;
  }

  onStatus(callback: (status: SyncStatus) => void): () => void {
    return this.#board.onStatus(callback);
  }

  onEvent(callback: (event: SyncEvent) => void): () => void {
    return this.#board.onEvent(callback);
  }

  async now({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    signal?.throwIfAborted();
    const { engine } = await this.#opening;
    if (this.#isStopped) throw stopped();
    await engine.now(signal);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const opening = await this.#opening.catch(() => undefined);
    this.#unfollow?.();
    await opening?.engine.stop();
    this.#board.set({ state: 'stopped' });
  }

  async signOut({ keep, discard = false }: SignOutOptions): Promise<void> {
    const { opened } = await this.#opening;
    if (!keep && !discard) {
      const { rows } = await opened.local.queued();
      if (rows > 0) {
        throw new SessionStoreError(
          'FAILED_PRECONDITION',
          `${rows} rows were saved here and are not on the server. Call now() first, keep them with keep: true, or lose them with discard: true`,
          'options.keep',
        );
      }
    }
    await this.stop();
    await opened.local.end({ keep, discard });
  }

  async #open(
    open: () => Promise<OpenedLocalSync>,
    wire: WireOptions,
    key: null | undefined,
  ): Promise<{ opened: OpenedLocalSync; engine: SyncEngine }> {
    if (isServer()) {
      throw new SessionStoreError(
        'UNAVAILABLE',
        'sessions are synced in browsers and workers, not on a server',
      );
    }
    const opened = await open();
    if (opened.isEncrypted && key !== null) {
      throw new SessionStoreError(
        'FAILED_PRECONDITION',
        'this store is encrypted on the device, and the server would be able to read its sessions. Pass key: null if it may',
        'options.key',
      );
    }
    const engine = new SyncEngine(opened.database, opened.local, new SyncServer(wire), this.#board);
    this.#unfollow = opened.onChange(() => engine.changedHere());
    return { opened, engine };
  }
}
