import type { GetSnapshotOptions, IndexedDBSessionStore, SessionSnapshot } from '../index.js';
import type { Observer, Source } from './live-query.js';
import { readerOf } from './reader.js';
import { structured } from '../platform/clone.js';
import { same } from './same.js';

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
  /** The same as it was read: what is shown is the application's, which may change it in place and then save it. */
  let read: SessionSnapshot<S> | undefined;

  const reader = readerOf(
    () => store.getSnapshot(lookup),
    (snapshot) => {
      if (!same(read, snapshot)) {
        shown = snapshot;
        read = Object.isFrozen(snapshot) ? snapshot : structured(snapshot);
      }
      observer.data(shown);
      reader.lookAgainAt(shown ? [shown] : []);
      watched.snapshot(lookup.snapshotId ?? shown?.snapshotId);
      // A snapshot does not tell that it was deleted; its session does, but it may have been before it was watched.
      if (watched.session(shown?.sessionId)) reader.read();
    },
    observer.failed,
  );

  const ends = new Map<object, () => void>();
  /** Watches one thing at a time, and returns whether it is another than before. */
  const watching = (watch: (id: string) => () => void) => {
    let current: string | undefined;
    return function on(id: string | undefined): boolean {
      if (id === current || id === undefined) return false;
      ends.get(on)?.();
      ends.set(on, watch(id));
      current = id;
      return true;
    };
  };
  const watched = {
    snapshot: watching((id) =>
      store.onSnapshotStateChange(id, (snapshot) => same(read, snapshot) || reader.read(), options),
    ),
    session: watching((id) => store.onSessionChange(id, reader.read, options)),
  };

  watched.session(lookup.sessionId);
  reader.read();
  return {
    reload: reader.read,
    end() {
      reader.end();
      for (const end of ends.values()) end();
    },
  };
}
