import type { BrowserContext } from '@playwright/test';
import {
  SessionStoreError,
  type DeleteSnapshotOptions,
  type GetSnapshotOptions,
  type ImportOptions,
  type ImportReport,
  type ListSessionsOptions,
  type ListSnapshotsOptions,
  type SessionInfo,
  type SessionPage,
  type SessionPatch,
  type SessionSnapshot,
  type SessionTree,
  type SnapshotInfo,
  type SnapshotPage,
  type SnapshotStatus,
} from '../index.js';
import { described } from '../values/schema.js';
import {
  conditionOf,
  pageStoreOptions,
  seedOf,
  waitOptions,
  type PageSessionStoreOptions,
} from './arguments.js';
import {
  meets,
  timeoutError,
  type SnapshotCondition,
  type SnapshotSource,
  type WaitOptions,
} from './condition.js';
import { HelperTab } from './helper-tab.js';
import type { SessionSeed } from './seed.js';
import type { TabStoreOptions } from './tab-store-options.js';

const TIMEOUT_MS = 5_000;

/**
 * The store of an app under test, seen from a Playwright test. It works in a tab of its own, which is opened in the
 * same browser context with the first call, so the app sees its saves as from any other tab. No code of the app runs
 * there.
 *
 * Methods reject with the store's own `SessionStoreError`, with `INVALID_ARGUMENT` for arguments and with
 * `FAILED_PRECONDITION` for results that cannot be passed between test and page (Blobs), and with `FAILED_PRECONDITION`
 * where a service worker prevents the tab from being opened.
 */
export class PageSessionStore<S = unknown> {
  readonly #context: BrowserContext;
  readonly #origin: string;
  readonly #timeout: number;
  readonly #options: TabStoreOptions;
  #tab: Promise<HelperTab<S>> | undefined;
  #watches = 0;

  /** Throws `INVALID_ARGUMENT` if `url` is not the address of a page. */
  constructor(context: BrowserContext, options: PageSessionStoreOptions) {
    const { url, timeout = TIMEOUT_MS, ...rest } = pageStoreOptions(options);
    this.#context = context;
    this.#origin = originOf(url);
    this.#timeout = timeout;
    this.#options = rest;
  }

  /**
   * Stores a session with its turns or snapshots, one after the other; resolves to their ids, in order. A `pending` one
   * belongs to the helper tab: it reads `expired` after `close()`.
   *
   * Errors: `INVALID_ARGUMENT` with the `path` of the value, unless there is exactly one of `turns` and `snapshots`,
   * and for a value that cannot be stored; `NOT_FOUND` if a turn continues a snapshot that does not exist. What comes
   * before it in the list is stored then.
   */
  async seed(session: SessionSeed<S>): Promise<string[]> {
    const seed = seedOf(session);
    return (await this.#open()).call('seed', seed);
  }

  /** A snapshot, or the latest leaf of a session; `undefined` if there is none. Errors: those of the store. */
  async getSnapshot(options: GetSnapshotOptions): Promise<SessionSnapshot<S> | undefined> {
    return (await this.#open()).call('getSnapshot', options);
  }

  async getSession(sessionId: string): Promise<SessionInfo | undefined> {
    return (await this.#open()).call('getSession', sessionId);
  }

  /** Sessions by latest activity. */
  async listSessions(options?: ListSessionsOptions): Promise<SessionPage> {
    return (await this.#open()).call('listSessions', options);
  }

  /** A session's snapshots by `createdAt`. */
  async listSnapshots(options: ListSnapshotsOptions): Promise<SnapshotPage> {
    return (await this.#open()).call('listSnapshots', options);
  }

  /** The snapshots from the root to this one. Errors: `NOT_FOUND`. */
  async getHistory(snapshotId: string): Promise<SnapshotInfo[]> {
    return (await this.#open()).call('getHistory', snapshotId);
  }

  /** All snapshots of a session; an empty tree if there is no such session. */
  async getTree(sessionId: string): Promise<SessionTree> {
    return (await this.#open()).call('getTree', sessionId);
  }

  /** The snapshot that a session reopens on. */
  async getHead(sessionId: string): Promise<SnapshotInfo | undefined> {
    return (await this.#open()).call('getHead', sessionId);
  }

  /** Renames a session, as another tab would. Errors: `NOT_FOUND`. */
  async updateSession(sessionId: string, patch: SessionPatch): Promise<SessionInfo> {
    return (await this.#open()).call('updateSession', sessionId, patch);
  }

  /** Selects a branch, as another tab would. Errors: `NOT_FOUND`. */
  async selectBranch(snapshotId: string): Promise<SessionInfo> {
    return (await this.#open()).call('selectBranch', snapshotId);
  }

  /** Resolves to the number of snapshots deleted. Errors: `FAILED_PRECONDITION` for an inner node without `subtree`. */
  async deleteSnapshot(snapshotId: string, options?: DeleteSnapshotOptions): Promise<number> {
    return (await this.#open()).call('deleteSnapshot', snapshotId, options);
  }

  /** Resolves to the number of snapshots deleted. */
  async deleteSession(sessionId: string): Promise<number> {
    return (await this.#open()).call('deleteSession', sessionId);
  }

  /** Deletes everything of the tenant. Open pages are notified. */
  async clear(): Promise<void> {
    await (await this.#open()).call('clear');
  }

  /** Exports everything of the tenant, or these sessions, as text for `importSessions`, of this class or of a store. */
  async exportSessions(sessionIds?: readonly string[]): Promise<string> {
    return (await this.#open()).call('exportSessions', sessionIds);
  }

  /** Imports the text of `exportSessions`, of this class or of a store. Errors: those of the store. */
  async importSessions(text: string, options: Pick<ImportOptions, 'onConflict'> = {}): Promise<ImportReport> {
    return (await this.#open()).call('importSessions', text, options);
  }

  /**
   * Resolves to the first version of a snapshot that meets the condition, whether it is stored already or saved later;
   * the store reports versions, so nothing is polled. To wait for a snapshot after an existing one, pass that as
   * `parentId`.
   *
   * Errors: a `TimeoutError` that names the last version seen; `INVALID_ARGUMENT` if both ids are given; whatever
   * `predicate` throws.
   */
  async waitForSnapshot(condition: SnapshotCondition<S> = {}): Promise<SessionSnapshot<S>> {
    const wanted = conditionOf(condition);
    const { snapshotId, sessionId, timeout = this.#timeout } = wanted;
    const tab = await this.#open();
    const watch = this.#watches++;
    await tab.call('watch', watch, { snapshotId, sessionId });
    const next = () => tab.call('next', watch);
    // A closed tab has nothing to unwatch.
    const unwatch = () => tab.call('unwatch', watch).catch(() => {});
    // A timer of the test, since the test may have stopped the browser's clock.
    const timer = timeout > 0 ? setTimeout(unwatch, timeout) : undefined;
    let last: SessionSnapshot<S> | undefined;
    try {
      for (let versions = await next(); versions.length > 0; versions = await next()) {
        for (const snapshot of versions) {
          last = snapshot;
          if (await meets(snapshot, wanted)) return snapshot;
        }
      }
      // On a busy machine the limit may run out before the first look.
      last ??= await stored(tab, wanted);
      if (last && (await meets(last, wanted))) return last;
      throw timeoutError(wanted, timeout, last);
    } finally {
      clearTimeout(timer);
      await unwatch();
    }
  }

  /** Resolves when the snapshot has this status, or one of these. Errors: as `waitForSnapshot`. */
  async waitForStatus(
    snapshotId: string,
    status: SnapshotStatus | readonly SnapshotStatus[],
    options: WaitOptions = {},
  ): Promise<SessionSnapshot<S>> {
    return this.waitForSnapshot({ snapshotId, status, ...waitOptions(options) });
  }

  /**
   * Closes the helper tab; the next call opens another. `pending` snapshots that were seeded read `expired` from now
   * on, as those of any closed tab.
   */
  async close(): Promise<void> {
    const tab = this.#tab;
    this.#tab = undefined;
    await (await tab?.catch(() => undefined))?.close();
  }

  #open(): Promise<HelperTab<S>> {
    this.#tab ??= HelperTab.open<S>(this.#context, this.#origin, this.#options).catch((error: unknown) => {
      this.#tab = undefined;
      throw error;
    });
    return this.#tab;
  }
}

/** What there is now of what somebody waits for. */
async function stored<S>(
  tab: HelperTab<S>,
  { snapshotId, sessionId }: SnapshotSource,
): Promise<SessionSnapshot<S> | undefined> {
  if (snapshotId !== undefined) return tab.call('getSnapshot', { snapshotId });
  const id = sessionId ?? (await tab.call('listSessions', { limit: 1 })).sessions[0]?.sessionId;
  return id === undefined ? undefined : tab.call('getSnapshot', { sessionId: id });
}

function originOf(url: string | undefined): string {
  if (typeof url === 'string' && URL.canParse(url) && /^https?:/.test(url)) return new URL(url).origin;
  throw new SessionStoreError(
    'INVALID_ARGUMENT',
    `options.url: must be an http address of the app, not ${described(url)}. Set baseURL in playwright.config`,
    'options.url',
  );
}
