import type { SessionInfo } from 'offshoot';
import type { DemoStore } from '../store/store.js';

/** Every session, newest first, as many at once as a page may have. */
export async function* allSessions(store: DemoStore): AsyncGenerator<SessionInfo[], void, void> {
  let cursor: string | undefined;
  do {
    const page = await store.listSessions({ limit: 1000, cursor });
    yield page.sessions;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
