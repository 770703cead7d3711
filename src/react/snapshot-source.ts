import { dequal } from 'dequal';
import type { GetSnapshotOptions, IndexedDBSessionStore, SessionChange, SessionSnapshot } from '../index.js';
import { coalesce } from './coalesce.js';
import type { Observer, Source } from './live-query.js';

/** What of a store `useSnapshot` uses. */
export type SnapshotReader<S> = Pick<
  IndexedDBSessionStore<S>,
  'getSnapshot' | 'onSnapshotStateChange' | 'onSessionChange'
>;

/** One snapshot with its state, or the latest leaf of a session. `undefined` if there is none. */
export function snapshotSource<S>(
  store: SnapshotReader<S>,
  lookup: GetSnapshotOptions,
  observer: Observer<SessionSnapshot<S> | undefined>,
): Source {
  const options = { context: lookup.context };
  let shown: SessionSnapshot<S> | undefined;
  let isOpen = true;
  const watched = { snapshot: watching(), session: watching() };

  const show = (snapshot: SessionSnapshot<S> | undefined) => {
    if (!isOpen) return;
    if (!dequal(shown, snapshot)) shown = snapshot;
    observer.data(shown);
    watched.snapshot.on(lookup.snapshotId ?? snapshot?.snapshotId, (id) =>
      store.onSnapshotStateChange(id, onSnapshot, options),
    );
    watched.session.on(lookup.sessionId ?? snapshot?.sessionId, (id) =>
      store.onSessionChange(id, onSession, options),
    );
  };

  const read = coalesce(async () => {
    try {
      show(await store.getSnapshot(lookup));
    } catch (error) {
      observer.failed(error);
    }
  });

  const onSnapshot = (snapshot: SessionSnapshot<S>) => {
    // Of a session, another snapshot may be the latest by now.
    if (lookup.snapshotId === undefined) read();
    else show(snapshot);
  };

  let count: number | undefined;
  const onSession = (change: SessionChange) => {
    const before = count;
    count = change.type === 'changed' ? change.session.snapshotCount : 0;
    // A snapshot tells of its own changes, but not that it was deleted.
    if (lookup.snapshotId === undefined || before === undefined || count < before) read();
  };

  read();
  return {
    reload: read,
    end() {
      isOpen = false;
      watched.snapshot.end();
      watched.session.end();
    },
  };
}

/** Watches one thing at a time. */
function watching() {
  let current: string | undefined;
  let end: (() => void) | undefined;
  return {
    on(id: string | undefined, watch: (id: string) => () => void): void {
      if (id === current || id === undefined) return;
      end?.();
      current = id;
      end = watch(id);
    },
    end: () => end?.(),
  };
}
