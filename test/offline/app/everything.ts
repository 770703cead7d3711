import type { IndexedDBSessionStore, SessionStoreError } from 'offshoot';
import type { deriveKey } from 'offshoot/encryption';

export interface Offshoot {
  IndexedDBSessionStore: typeof IndexedDBSessionStore;
  deriveKey: typeof deriveKey;
}

/** What is left of an error that is sent to the test. */
export interface Failure {
  status: string;
  message: string;
  /** The name of the browser's own error. */
  cause: string | undefined;
}

/** By what was tried: a fact that shows that it worked, or what it failed with. */
export type Outcomes = Record<string, unknown>;

const FROM_GENKIT = JSON.stringify({
  snapshotId: 'from-genkit',
  sessionId: 'genkit',
  createdAt: '2026-01-01T00:00:00Z',
  status: 'completed',
  state: { messages: [] },
});

/**
 * Uses whatever is loaded on demand, one after the other. It imports nothing, so that every entry point can be tried.
 */
export async function everything(
  { IndexedDBSessionStore, deriveKey }: Offshoot,
  name: string,
  isEncrypted: boolean,
  { skipping = '' } = {},
): Promise<Outcomes> {
  const outcomes: Outcomes = {};
  const attempt = async (what: string, work: () => Promise<unknown>) => {
    if (what !== skipping)
      outcomes[what] = await work().catch((error: SessionStoreError): Failure => {
        const { status, message, cause } = error;
        return { status, message, cause: (cause as Error | undefined)?.name };
      });
  };
  /** The same in every tab and worker. */
  const raw = new Uint8Array(32).fill(7);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const options = isEncrypted ? { name, encryption: { key } } : { name };
  const store = new IndexedDBSessionStore<number>(options);
  const save = (store: IndexedDBSessionStore<any>) =>
    store.saveSnapshot('a', () => ({
      sessionId: 's',
      createdAt: '2026-01-01T00:00:00Z',
      status: 'completed',
      state: { custom: 5, messages: [{ role: 'user', content: [{ text: 'hello' }] }] },
    }));
  const read = async (store: IndexedDBSessionStore<any>) =>
    (await store.getSnapshot({ snapshotId: 'a' }))?.state?.custom;

  await attempt('save', () => save(store));
  await attempt('read', () => read(store));
  await attempt('append', async () => {
    const id = await store.session('t').append({ role: 'user', content: [{ text: 'and this' }] });
    return store.deleteSnapshot(id);
  });
  await attempt('check()', async () => (await store.check()).problems);
  await attempt('storage()', async () => (await store.storage()).snapshots);
  await attempt('searchText()', async () => (await store.searchText('hello')).hits.length);
  await attempt('duplicate()', async () => {
    const { sessionId } = await store.session('s').duplicate();
    return store.deleteSession(sessionId);
  });
  await attempt('compact()', () => store.compact().then(() => 'done'));
  await attempt('retain()', async () => (await store.retain({ maxSessions: 9 })).sessions);
  let file = '';
  await attempt('exports', async () => {
    file = await textOf(store.exportSessions());
    return file.includes('hello');
  });
  await attempt('imports', async () => (await store.importSessions(new Blob([file]))).totals.skipped);
  await attempt('Genkit', async () => {
    const { totals } = await store.importGenkitFiles([new File([FROM_GENKIT], 'g.json')]);
    await store.deleteSession('genkit');
    return totals.imported;
  });
  await attempt('rekey()', () => store.rekey().then(() => 'done'));
  await store.close();

  await attempt('argon2id', async () => {
    const factor = { algorithm: 'argon2id', memoryKiB: 7168, passes: 5 } as const;
    return (await deriveKey('correct horse', { salt: new Uint8Array(16), ...factor })).algorithm.name;
  });
  await attempt('a database to mend', async () => {
    const empty = crypto.randomUUID();
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open(empty, 1);
      opening.addEventListener('error', () => reject(opening.error!));
      opening.addEventListener('success', () => {
        opening.result.close();
        resolve();
      });
    });
    const store = new IndexedDBSessionStore({ ...options, name: empty });
    return save(store).finally(() => store.close());
  });
  await attempt('without IndexedDB', async () => {
    // In a window it is a property of its own, in a worker an inherited one.
    const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB');
    Object.defineProperty(globalThis, 'indexedDB', { configurable: true, value: undefined });
    const store = new IndexedDBSessionStore({ ...options, fallback: 'memory' });
    return save(store)
      .then(() => read(store))
      .finally(async () => {
        await store.close();
        if (own) Object.defineProperty(globalThis, 'indexedDB', own);
        else Reflect.deleteProperty(globalThis, 'indexedDB');
      });
  });
  return outcomes;
}

/** `Response` would put an error of its own in place of the stream's. */
async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
}
