import { dequal } from 'dequal';
import type { FinishReason, SessionSnapshot, SessionState, SnapshotStatus } from '../../index.js';
import { SerialQueue } from '../../runtime/queue.js';
import { changedAt, saveTurn } from './transcript/save-turn.js';
import type { TranscriptStore } from './transcript/store.js';

/** How soon a change of a turn that runs is saved, in ms. */
const SAVE_WITHIN_MS = 250;

/** How often a turn that says nothing shows that it lives, in ms. The store's default patience is a minute. */
const BEAT_EVERY_MS = 10_000;

export interface TurnStart {
  sessionId: string;
  parentId?: string;
  state: SessionState;
  /** Fields of the snapshot that the store keeps and its types do not know. */
  [field: string]: unknown;
}

export interface TurnEnd {
  status: SnapshotStatus;
  finishReason: FinishReason;
  error?: { message: string };
}

export interface TurnListener {
  /** Told the first error of saves in between, since a later one saves the same; that of `end` is thrown. */
  onError: (error: unknown) => void;
  /** Called once if another tab has ended the turn, or deleted it: nothing is saved from then on. */
  onTaken: () => void;
}

/** A turn that runs: a `pending` snapshot that beats, and is rewritten from time to time as it grows. */
export class LiveTurn {
  readonly #store: TranscriptStore;
  readonly #listener: TurnListener;
  readonly #queue = new SerialQueue();
  #snapshot: SessionSnapshot;
  #draw: () => SessionState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether something is to be saved that no save has taken up. */
  #changed = false;
  #saving = false;
  #failed = false;
  #end: TurnEnd | undefined;
  #taken = false;

  private constructor(store: TranscriptStore, snapshot: SessionSnapshot, listener: TurnListener) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.#draw = () => this.#snapshot.state!;
    this.#listener = listener;
    this.#saveIn(BEAT_EVERY_MS);
  }

  /** Saves the turn as it begins. */
  static async begin(store: TranscriptStore, turn: TurnStart, listener: TurnListener): Promise<LiveTurn> {
    const heartbeatAt = new Date().toISOString();
    const snapshot = await saveTurn(store, { ...turn, status: 'pending', heartbeatAt });
    return new LiveTurn(store, snapshot, listener);
  }

  /** As it was saved last. */
  get snapshot(): SessionSnapshot {
    return this.#snapshot;
  }

  /** Saves the whole state soon, as `draw` returns it by then. Never throws. */
  update(draw: () => SessionState): void {
    if (this.#taken || this.#end) return;
    this.#draw = draw;
    if (this.#changed) return;
    this.#changed = true;
    this.#saveIn(SAVE_WITHIN_MS);
  }

  /**
   * Saves how the turn ended, also when it ended otherwise here before. Resolves to `undefined` if it had been ended or
   * deleted elsewhere, which stays.
   */
  async end(end: TurnEnd, state: SessionState): Promise<SessionSnapshot | undefined> {
    const before = this.#end;
    this.#end = end;
    clearTimeout(this.#timer);
    return this.#queue.run(async () => {
      if (this.#taken) return undefined;
      if (before && dequal(before, end) && dequal(this.#snapshot.state, state)) return this.#snapshot;
      const own = new Set(['pending', before?.status]);
      const ended =
        (state: SessionState | undefined) =>
        ({ error: _, ...current }: SessionSnapshot): SessionSnapshot => ({
          ...current,
          ...end,
          ...(state && { state }),
        });
      try {
        return (await this.#write(own, ended(state))) ? this.#snapshot : undefined;
      } catch (error) {
        // What cannot be saved leaves a turn that has ended, with what was saved before.
        await this.#write(own, ended(undefined)).catch(() => {});
        throw error;
      }
    });
  }

  #saveIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), ms);
  }

  async #save(): Promise<void> {
    // A slow disk gets no second save while it is at one.
    if (this.#saving) return this.#saveIn(SAVE_WITHIN_MS);
    this.#changed = false;
    this.#saving = true;
    const heartbeatAt = new Date().toISOString();
    try {
      const state = this.#draw();
      await this.#queue.run(async () => {
        if (this.#end || this.#taken) return;
        await this.#write(new Set(['pending']), (current) => ({ ...current, heartbeatAt, state }));
      });
    } catch (error) {
      if (!this.#failed) this.#listener.onError(error);
      this.#failed = true;
    }
    this.#saving = false;
    if (!this.#end && !this.#taken && !this.#changed) this.#saveIn(BEAT_EVERY_MS);
  }

  /** Resolves to whether the snapshot still was as this turn had left it. */
  async #write(
    own: ReadonlySet<string | undefined>,
    change: (current: SessionSnapshot) => SessionSnapshot,
  ): Promise<boolean> {
    const { snapshotId } = this.#snapshot;
    let written: SessionSnapshot | undefined;
    await this.#store.saveSnapshot(snapshotId, (current) => {
      written = undefined;
      if (!current || !own.has(current.status)) return null;
      written = { ...change(current), updatedAt: changedAt(current) };
      return written;
    });
    if (written) {
      this.#snapshot = written;
      return true;
    }
    this.#taken = true;
    clearTimeout(this.#timer);
    this.#listener.onTaken();
    return false;
  }
}
