import { LeastRecentlyUsed } from '../values/collections.js';
import type { SessionRow, SnapshotRow } from '../database/schema.js';
import type { Known } from './save/draft.js';
import type { LoadedState } from '../logs/state.js';

/** Limits of the cache: number of states, and their bytes, counted as if they shared no entries. */
const MOST_STATES = 32;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_ROWS = 256;

/** Where a log ends, and where its last row begins, if this tab has put it. */
export interface Tip {
  at: number;
  rowFrom?: number;
}

interface RememberedState {
  version: number;
  state: LoadedState | null | undefined;
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
  /** Nobody else had written when the clock was last read. */
  isAlone = false;
  readonly rows = new LeastRecentlyUsed<string | number, SnapshotRow>();
  readonly sessions = new LeastRecentlyUsed<string | number, SessionRow>();
  readonly tips = new LeastRecentlyUsed<string | number, Tip>();
  readonly #states = new LeastRecentlyUsed<string, RememberedState>();
  #bytes = 0;

  /** Drops rows, sessions and tips unless the clock is unchanged. */
  check(clock: number): void {
    this.isAlone = clock === this.clock;
    if (this.isAlone) return;
    this.rows.clear();
    this.sessions.clear();
    this.tips.clear();
    this.clock = clock;
  }

  state({ id, version }: SnapshotRow): RememberedState | undefined {
    const remembered = this.#states.get(id);
    return remembered?.version === version ? remembered : undefined;
  }

  /** The remembered state of a snapshot, of any version. */
  latestState(id: string): LoadedState | null | undefined {
    return this.#states.get(id)?.state;
  }

  /** The remembered row and state; the caller has to check that they are current. */
  recall(id: string): Known | undefined {
    const row = this.rows.get(id);
    const remembered = row && this.state(row);
    return remembered && { row, state: remembered.state };
  }

  remember({ id, version }: SnapshotRow, state: LoadedState | null | undefined): void {
    const known = this.#states.get(id);
    // A slow read may end after a later save.
    if (known && known.version > version) return;
    this.#bytes += (state?.size ?? 0) - (known?.state?.size ?? 0);
    this.#states.set(id, { version, state });
    for (const [oldest, { state }] of this.#states) {
      const most = this.#bytes > MOST_BYTES ? 1 : MOST_STATES;
      if (this.#states.size <= most) break;
      this.#bytes -= state?.size ?? 0;
      this.#states.delete(oldest);
    }
    for (const memory of [this.rows, this.sessions, this.tips]) {
      for (const oldest of memory.keys()) {
        if (memory.size <= MOST_ROWS) break;
        memory.delete(oldest);
      }
    }
  }
}
