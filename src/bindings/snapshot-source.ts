import type { GetSnapshotOptions, IndexedDBSessionStore, SessionSnapshot } from '../index.js';
import type { Observer, Source } from './live-query.js';
import { readerOf } from './reader.js';
import { structured } from '../platform/browser.js';
import { same } from './same.js';

/** The part of a store that a live snapshot uses. */
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
  /** A copy for comparison: the application owns what is shown, and may change it in place before it saves it. */
  let read: SessionSnapshot<S> | undefined;

  const reader = readerOf(
    () => store.getSnapshot(lookup),
    (snapshot) => {
      if (!same(read, snapshot)) {
        shown = snapshot;
        read = Object.isFrozen(snapshot) ? snapshot : structured(snapshot);
      }
      observer.data(shown);
      watched.snapshot(lookup.snapshotId ?? shown?.snapshotId);
      // A deleted snapshot is reported only by its session, and may have been deleted before that was watched.
      if (watched.session(shown?.sessionId)) reader.read();
    },
    observer.failed,
  );

  const ends = new Map<object, () => void>();
  /** Watches one id at a time, and returns whether it differs from the previous one. */
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
