import { LeastRecentlyUsed } from '../values/collections.js';
import type { LogRow, SessionRow, SnapshotRow } from '../database/schema.js';
import type { Known } from './save/draft.js';
import type { LoadedState } from '../logs/state.js';

/** Limits of the cache: number of states, and their bytes; of states that begin with the same entry, the largest counts. */
const MOST_STATES = 32;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_ROWS = 256;

const MOST_TREES = 10;

/** The rows of a session's snapshots, oldest first, as of a version of the session's row. */
export interface Tree {
  version: number;
  rows: SnapshotRow[];
}

/** Where a log ends, and its last row, if this tab has put it. */
export interface Tip {
  at: number;
  row?: LogRow;
}

/**
 * What a tab remembers of the database between transactions, valid only by a version or the clock:
 *
 * - A state never changes for a given version of its snapshot, so the row's version shows whether the state is current.
 * - Rows and tips are valid for one reading of the clock: if it is unchanged, nobody has written.
 */
export class SnapshotCache {
  /** The clock's reading for which `rows`, `sessions` and `tips` are valid. */
  clock = -1;
  /** Whether the database syncs, as of that reading. */
  syncs: boolean | undefined;
  /** Nobody else had written when the clock was last read. */
  isAlone = false;
  readonly rows = new LeastRecentlyUsed<string, SnapshotRow>(MOST_ROWS);
  readonly sessions = new LeastRecentlyUsed<string, SessionRow>(MOST_ROWS);
  readonly tips = new LeastRecentlyUsed<number, Tip>(MOST_ROWS);
  readonly trees = new LeastRecentlyUsed<string, Tree>(MOST_TREES);
  readonly #states = new LeastRecentlyUsed<string, Known>();

  /** Drops rows, sessions and tips unless the clock is unchanged. */
  check(clock: number): void {
    this.isAlone = clock === this.clock;
    if (this.isAlone) return;
    this.rows.clear();
    this.sessions.clear();
    this.tips.clear();
    this.clock = clock;
  }

  state({ id, version }: SnapshotRow): Known | undefined {
    const remembered = this.#states.get(id);
    return remembered?.row.version === version ? remembered : undefined;
  }

  /** What is remembered of a snapshot, of any version. */
  latest(id: string | undefined): Known | undefined {
    return id === undefined ? undefined : this.#states.get(id);
  }

  /** The snapshot of a session that was used last, which is probably its latest leaf. */
  lastOf(sessionId: string): string | undefined {
    let last: string | undefined;
    for (const { row } of this.#states.values()) if (row.sessionId === sessionId) last = row.id;
    return last;
  }

  /** The remembered row and state; the caller has to check that they are current. */
  recall(id: string): Known | undefined {
    const row = this.rows.get(id);
    const remembered = row && this.state(row);
    return remembered && { row, state: remembered.state };
  }

  remember(row: SnapshotRow, state: LoadedState | null | undefined): void {
    const { id, version } = row;
    const known = this.#states.get(id);
    // A slow read may end after a later save.
    if (known && known.row.version > version) return;
    this.#states.set(id, { row, state });
    const counted = new Map<unknown, number>();
    let [count, bytes] = [0, 0];
    for (const [each, { state }] of [...this.#states].reverse()) {
      const start = startOf(state);
      const before = counted.get(start) ?? 0;
      const size = Math.max(before, state?.size ?? 0);
      counted.set(start, size);
      bytes += size - before;
      if (++count > MOST_STATES || (count > 1 && bytes > MOST_BYTES)) this.#states.delete(each);
    }
  }
}

/** The first entry of a state, by which it shows which others it shares entries with. */
const startOf = (state: LoadedState | null | undefined): unknown => {
  for (const field of state?.fields ?? []) if (field.kind !== 'value') return field.sequence.entries[0];
  return state;
};
