import type { AnyStore } from '../shared/arguments.js';
import { forget } from '../shared/forget.js';
import {
  overwrittenOf,
  latestOf,
  moved,
  type ScopeAddress,
  type Row,
  type State,
} from './scope-snapshots.js';
import { sameContent } from './state.js';

/** What a save overwrites: its revision, and whether the content is the same as before. */
export interface Overwritten {
  revision: string | undefined;
  isSame: boolean;
}

/** Keeps the latest snapshot as a separate one, unless the next one has the same content. */
export async function keepOverwritten(
  store: AnyStore,
  address: ScopeAddress,
  next: State,
): Promise<Overwritten> {
  const latest = latestOf(address);
  const current: Row | undefined = await store.getSnapshot({ snapshotId: latest });
  if (!current?.state || current.revision === undefined) return { revision: undefined, isSame: false };
  const { snapshotId: _, ...row } = current;
  if (sameContent(current.state, next)) return { revision: current.revision, isSame: true };
  const id = overwrittenOf(address, current.revision);
  // As a child of latest it shares latest's messages, and still shares them after it is moved.
  await Promise.all([
    store.saveSnapshot(id, () => moved(row, latest)),
    store.saveSnapshot(id, (copy) => moved(copy!, row.parentId)),
  ]);
  return { revision: current.revision, isSame: false };
}

/** Deletes all but the newest `history` overwritten snapshots of a scope. A selected one stays. */
export async function forgetOverwritten(
  store: AnyStore,
  address: ScopeAddress,
  history: number,
): Promise<void> {
  const tree = await store.getTree(address.sessionId);
  const kept = [...tree.nodes.keys()].filter((id) => id.startsWith(overwrittenOf(address, '')));
  const old = kept.slice(0, -history).filter((id) => id !== tree.headId);
  if (old.length > 0) await forget(store, tree, new Set(old));
}
