import type { SessionRow, SnapshotRow } from '../database/schema.js';
import type { Known } from './save/draft.js';
import type { LoadedState } from '../logs/state.js';

/** Limits of what a tab remembers: states, and bytes of states, counted as if they shared nothing. */
const MOST_STATES = 32;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_ROWS = 256;

interface RememberedState {
  version: number;
  state: LoadedState | null | undefined;
}

/** A map that forgets what was used longest ago. */
class LeastRecentlyUsed<Value> extends Map<string | number, Value> {
  override get(key: string | number): Value | undefined {
    const value = super.get(key);
    if (value !== undefined) {
      this.delete(key);
      super.set(key, value);
    }
    return value;
  }
}

/**
 * What a tab remembers of the database between transactions. Two kinds of memory, each with its own proof:
 *
 * - States are immutable for a given version of their snapshot: whoever reads the row knows whether the state
 *   remembered is the one stored.
 * - Rows and ends of logs are as of a reading of the clock: if the clock still shows it, nobody has written.
 */
export class SnapshotCache {
  /** The clock's reading that `rows`, `sessions` and `tips` belong to. */
  clock = -1;
  readonly rows = new LeastRecentlyUsed<SnapshotRow>();
  readonly sessions = new LeastRecentlyUsed<SessionRow>();
  readonly tips = new LeastRecentlyUsed<number>();
  readonly #states = new LeastRecentlyUsed<RememberedState>();
  #bytes = 0;

  /** Forgets what somebody may have changed, unless the clock still shows what it did. */
  check(clock: number): void {
    if (clock === this.clock) return;
    this.rows.clear();
    this.sessions.clear();
    this.tips.clear();
    this.clock = clock;
  }

  state({ id, version }: SnapshotRow): RememberedState | undefined {
    const remembered = this.#states.get(id);
    return remembered?.version === version ? remembered : undefined;
  }

  /** What is remembered of a snapshot, of whatever version. */
  latestState(id: string): LoadedState | null | undefined {
    return this.#states.get(id)?.state;
  }

  /** A row and its state as they were, for whoever finds out later whether they still are. */
  recall(id: string): Known | undefined {
    const row = this.rows.get(id);
    const remembered = row && this.state(row);
    return remembered && { row, state: remembered.state };
  }

  remember({ id, version }: SnapshotRow, state: LoadedState | null | undefined): void {
    const known = this.#states.get(id);
    // A slow read may come back after a later save.
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
