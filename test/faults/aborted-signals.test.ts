import { expect, it } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { openStore } from '../stores/open-store.js';

const aesKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

/** Everything that takes a signal. */
const CALLS: Record<string, (store: IndexedDBSessionStore, signal: AbortSignal) => Promise<unknown>> = {
  check: (store, signal) => store.check({ signal }),
  repair: (store, signal) => store.check({ repair: true, signal }),
  compact: (store, signal) => store.compact({ signal }),
  retain: (store, signal) => store.retain({ maxSessions: 1 }, { signal }),
  rekey: (store, signal) => store.rekey({ signal }),
  exportSessions: (store, signal) => new Response(store.exportSessions({ signal })).text(),
  importSessions: (store, signal) => store.importSessions(new Blob([]), { signal }),
  importGenkitFiles: (store, signal) => store.importGenkitFiles([], { signal }),
};

it.each(Object.entries(CALLS))(
  '%s fails with the reason of an aborted signal, also where there is nothing to do',
  async (_, call) => {
    const store = openStore({ encryption: { key: await aesKey() } });
    const reason = new Error('enough');
    expect(await call(store, AbortSignal.abort(reason)).catch((error: unknown) => error)).toBe(reason);
  },
);
