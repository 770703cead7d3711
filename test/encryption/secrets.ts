import type { IndexedDBSessionStore } from '../../src/index.js';
import { message, save, turn } from '../../src/testing/sample-snapshots.js';
import { dumpDatabase } from '../database/raw-database.js';

/** What must not be found anywhere in an encrypted database. */
export const SECRET = 'the code is 8712';

/** Secrets of every kind: large or small, text or bytes, in a state, beside it, and in what is said of the session. */
export async function fillWithSecrets(store: IndexedDBSessionStore<any>): Promise<void> {
  const large = SECRET.padEnd(20_000, ` ${SECRET}`);
  const state = {
    messages: [message(SECRET), message(large)],
    custom: { small: SECRET, bytes: new TextEncoder().encode(large), image: `data:text/plain,${large}` },
    artifacts: [{ name: SECRET, parts: [{ text: large }] }],
  };
  await save(store, 'a', turn(1, { state, error: { message: SECRET } }));
  await save(store, 'b', turn(2, { parentId: 'a', state, [SECRET]: 1 }));
  await store.updateSession('s', { title: SECRET, metadata: { [SECRET]: SECRET } });
}

/** Everything that a store shows of what `fillWithSecrets` saved. */
export async function readSecrets(store: IndexedDBSessionStore<any>) {
  return {
    snapshots: await Promise.all(['a', 'b'].map((snapshotId) => store.getSnapshot({ snapshotId }))),
    latest: await store.getSnapshot({ sessionId: 's' }),
    sessions: (await store.listSessions()).sessions,
    tree: await store.getTree('s'),
  };
}

/** In how many places of a database the secret can be read, in names and values, as text or as bytes. */
export async function secretsIn(name: string): Promise<number> {
  let found = 0;
  const look = (value: unknown): void => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      // Every view that we store is one of a whole buffer.
      const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
      look(new TextDecoder('latin1').decode(buffer));
    } else if (typeof value === 'object' && value !== null) {
      for (const part of Object.entries(value).flat()) look(part);
    } else if (String(value).includes(SECRET)) found++;
  };
  look(await dumpDatabase(name));
  return found;
}
