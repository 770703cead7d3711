import type { Message, SessionSnapshot, SessionSnapshotInput } from 'offshoot';
import { Listeners } from '../app/listeners.js';
import { tabName } from '../app/tab-name.js';
import type { Model } from '../models/model.js';
import type { DemoStore, TurnState } from '../store/store.js';
import { messagesOf, modelMessage } from './content.js';

/** How often what has been answered so far is saved, in ms, so that other tabs see it and a crash keeps it. */
const SAVE_EVERY_MS = 500;

export interface NewTurn {
  sessionId: string;
  /** The snapshot that it continues; none in a new chat. */
  parentId: string | undefined;
  prompt: Message;
  model: Model;
  /** How many answers the same parent has already. */
  attempt: number;
}

/** A turn that this tab is at. */
export interface LiveTurn extends NewTurn {
  snapshotId: string;
  /** What has been answered so far. */
  answered: () => string;
}

type Snapshot = SessionSnapshot<TurnState>;

/** Runs the turns of this tab: each is one snapshot, `pending` until its answer is complete. */
export class TurnRunner {
  readonly #live = new Map<string, { turn: LiveTurn; text: string; stop: AbortController }>();
  readonly #listeners = new Listeners();

  constructor(readonly store: DemoStore) {}

  readonly subscribe = this.#listeners.subscribe;

  readonly live = (snapshotId: string | undefined): LiveTurn | undefined =>
    snapshotId === undefined ? undefined : this.#live.get(snapshotId)?.turn;

  /** Whether this tab is at any turn. */
  readonly isBusy = (): boolean => this.#live.size > 0;

  /** Saves the prompt and begins to answer it. Rejects if it cannot be saved; whatever comes later is in the snapshot. */
  async begin(snapshotId: string, turn: NewTurn, title: string): Promise<void> {
    const { store } = this;
    const stop = new AbortController();
    const answered = () => this.#live.get(snapshotId)?.text ?? '';
    this.#live.set(snapshotId, { turn: { ...turn, snapshotId, answered }, text: '', stop });
    this.#listeners.notify();
    try {
      const { sessionId, parentId, prompt, model } = turn;
      const parent = parentId === undefined ? undefined : await store.getSnapshot({ snapshotId: parentId });
      const messages = [...messagesOf(parent), prompt];
      const custom = { model: model.label, tab: tabName() };
      await store.saveSnapshot(snapshotId, () => ({
        sessionId,
        ...(parentId !== undefined && { parentId }),
        createdAt: now(),
        heartbeatAt: now(),
        status: 'pending',
        state: { sessionId, messages, custom },
      }));
      const session = await store.selectBranch(snapshotId);
      if (session.title === undefined) await store.updateSession(sessionId, { title });
      void this.#answer(snapshotId, turn, messages, stop);
    } catch (error) {
      this.#gone(snapshotId);
      throw error;
    }
  }

  /** Ends a turn where it is, whichever tab is at it. */
  async stop(snapshotId: string): Promise<void> {
    const own = this.#live.get(snapshotId);
    if (own) own.stop.abort();
    else
      await this.store.saveSnapshot(snapshotId, (current) =>
        current?.status === 'pending' ? aborted(current) : null,
      );
  }

  async #answer(
    snapshotId: string,
    turn: NewTurn,
    messages: Message[],
    stop: AbortController,
  ): Promise<void> {
    const { store } = this;
    const endWatch = store.onSnapshotStateChange(snapshotId, ({ status }) => {
      if (status !== 'pending') stop.abort();
    });
    let text = '';
    let saving: Promise<unknown> | undefined;
    let savedAt = performance.now();
    /** Another tab may have stopped the turn, or deleted it: then there is nothing to add. */
    const save = (change: (current: Snapshot) => SessionSnapshotInput<TurnState>) =>
      store.saveSnapshot(snapshotId, (current) => {
        if (current?.status === 'pending') return change(withAnswer(current, messages, text));
        stop.abort();
        return null;
      });
    try {
      for await (const piece of turn.model.answer({ messages, attempt: turn.attempt, signal: stop.signal })) {
        if (stop.signal.aborted) break;
        text += piece;
        this.#hear(snapshotId, text);
        if (saving || performance.now() - savedAt < SAVE_EVERY_MS) continue;
        saving = save((current) => ({ ...current, heartbeatAt: now() })).finally(() => {
          saving = undefined;
          savedAt = performance.now();
        });
        // The last save reports what is wrong, if it still is.
        saving.catch(() => {});
      }
      await save(
        stop.signal.aborted
          ? aborted
          : (current) => ({ ...current, status: 'completed', finishReason: 'stop', updatedAt: now() }),
      );
    } catch (error) {
      const failure = stop.signal.aborted ? aborted : (current: Snapshot) => failed(current, error);
      await save(failure).catch(reportError);
    } finally {
      endWatch();
      this.#gone(snapshotId);
    }
  }

  #hear(snapshotId: string, text: string): void {
    const live = this.#live.get(snapshotId);
    if (live) live.text = text;
    this.#listeners.notify();
  }

  #gone(snapshotId: string): void {
    this.#live.delete(snapshotId);
    this.#listeners.notify();
  }
}

const now = () => new Date().toISOString();

function withAnswer(current: Snapshot, messages: Message[], text: string): Snapshot {
  const answered = text === '' ? messages : [...messages, modelMessage(text)];
  return { ...current, state: { ...current.state, messages: answered } };
}

const aborted = (current: Snapshot): SessionSnapshotInput<TurnState> => ({
  ...current,
  status: 'aborted',
  finishReason: 'aborted',
  updatedAt: now(),
});

const failed = (current: Snapshot, error: unknown): SessionSnapshotInput<TurnState> => ({
  ...current,
  status: 'failed',
  finishReason: 'failed',
  updatedAt: now(),
  error: { message: error instanceof Error ? error.message : String(error) },
});
