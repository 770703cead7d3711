import { AsyncLocalStorage, createHook } from 'node:async_hooks';

/** A page, as far as what it does can be told from what others do. */
interface Page {
  isGone: boolean;
  /** How often something that awaited has gone on. */
  steps: number;
  readonly diesAt: number;
  readonly connections: Set<IDBDatabase>;
  readonly transactions: Set<IDBTransaction>;
  readonly channels: Set<BroadcastChannel>;
  readonly killed: () => void;
}

const pages = new AsyncLocalStorage<Page>();

/** What has not committed never does, and the database hears no more of the page, nor the page of it. */
function kill(page: Page): void {
  page.isGone = true;
  for (const transaction of page.transactions) {
    try {
      transaction.abort();
    } catch {
      // It is about to commit, which the browser does.
    }
  }
  for (const open of [...page.connections, ...page.channels]) open.close();
  page.killed();
}

createHook({
  before() {
    const page = pages.getStore();
    if (page && !page.isGone && ++page.steps === page.diesAt) kill(page);
  },
}).enable();

/** Whatever is told of a page that is gone is told to nobody. */
function deafen(target: EventTarget, page: Page, types: string[]): void {
  for (const type of types) {
    target.addEventListener(type, (event) => page.isGone && event.stopImmediatePropagation());
  }
}

/** From now on pages can die: what they do then is without effect. */
export function letPagesDie(): void {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...args) {
    const page = pages.getStore();
    const begun = transaction.apply(this, args);
    if (!page) return begun;
    page.transactions.add(begun);
    deafen(begun, page, ['complete', 'abort', 'error']);
    return begun;
  };
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...args) {
    const page = pages.getStore();
    // Nobody answers it.
    if (page?.isGone) return new EventTarget() as IDBOpenDBRequest;
    const request = open.apply(this, args);
    if (!page) return request;
    request.addEventListener('success', () => {
      page.connections.add(request.result);
      if (page.isGone) request.result.close();
    });
    deafen(request, page, ['success', 'error', 'blocked', 'upgradeneeded']);
    return request;
  };
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      pages.getStore()?.channels.add(this);
    }
  };
}

/** What became of a page's work: it was done, it failed, or the page was killed before. */
export type End = { is: 'done' } | { is: 'failed'; error: unknown } | { is: 'killed' };

/**
 * Does something in a page that is killed at the `nth` time that something in it which awaited goes on; at the latest
 * when it has ended.
 */
export function inPageKilledAt(nth: number, work: () => Promise<unknown>): Promise<End> {
  return new Promise((resolve) => {
    const page: Page = {
      isGone: false,
      steps: 0,
      diesAt: nth,
      connections: new Set(),
      transactions: new Set(),
      channels: new Set(),
      killed: () => resolve({ is: 'killed' }),
    };
    const end = (how: End) => {
      resolve(how);
      if (!page.isGone) kill(page);
    };
    pages.run(page, work).then(
      () => end({ is: 'done' }),
      (error: unknown) => end({ is: 'failed', error }),
    );
  });
}
