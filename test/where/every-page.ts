import type { IndexedDBSessionStore, ListSessionsOptions, SessionInfo } from '../../src/index.js';

/** All sessions that a list has, page by page; each page but the last is full. */
export async function everyPage(
  store: IndexedDBSessionStore<any>,
  options: ListSessionsOptions,
): Promise<SessionInfo[]> {
  const found: SessionInfo[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listSessions({ ...options, cursor });
    if (page.damaged.length > 0) throw new Error(`damaged: ${page.damaged.join()}`);
    found.push(...page.sessions);
    ({ cursor } = page);
    if (cursor !== undefined && page.sessions.length !== (options.limit ?? 50))
      throw new Error('a short page');
  } while (cursor !== undefined);
  return found;
}

/** What such a list has to have: all sessions, looked through. */
export async function lookedThrough(
  store: IndexedDBSessionStore<any>,
  { where = {}, order }: ListSessionsOptions,
): Promise<SessionInfo[]> {
  return (await everyPage(store, { order, limit: 1000 })).filter(({ metadata = {} }) =>
    Object.entries(where).every(([key, value]) => Object.hasOwn(metadata, key) && metadata[key] === value),
  );
}
