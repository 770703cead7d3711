import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Session, Turn } from 'offshoot';
import { Listeners } from '../app/listeners.js';
import { tabName } from '../app/tab-name.js';
import type { Model } from '../models/model.js';
import type { DemoStore, TurnState } from '../store/store.js';
import { messagesIn, modelMessage } from './content.js';

export interface NewTurn {
  model: Model;
  /** How many answers there are already. */
  attempt: number;
  start: (session: Session<TurnState>, options: { custom: TurnState }) => Promise<Turn<TurnState>>;
}

/** The turns that this tab is at. Others see what is saved of them; this one sees every word. */
export class Answers {
  readonly #live = new Map<string, { turn: Turn<TurnState>; text: string }>();
  readonly #listeners = new Listeners();
  #beginning = 0;

  constructor(readonly store: DemoStore) {}

  readonly subscribe = this.#listeners.subscribe;

  /** What this tab has been answered so far; `undefined` if it is not at that turn. */
  readonly textOf = (snapshotId: string): string | undefined => this.#live.get(snapshotId)?.text;

  /** Whether a turn is being saved for the first time. */
  get isBeginning(): boolean {
    return this.#beginning > 0;
  }

  /** Whether this tab is at any turn. */
  readonly isBusy = (): boolean => this.isBeginning || this.#live.size > 0;

  /** Begins to answer. Rejects if the turn cannot be saved; whatever comes later is in the snapshot. */
  async begin(sessionId: string, { start, model, attempt }: NewTurn): Promise<string> {
    this.#beginning++;
    try {
      const custom = { model: model.label, tab: tabName() };
      const turn = await start(this.store.session(sessionId), { custom });
      void this.#answer(turn, model, attempt).catch(reportError);
      return turn.snapshotId;
    } finally {
      this.#beginning--;
      this.#listeners.notify();
    }
  }

  /** Ends a turn where it is, whichever tab is at it. */
  async stop(sessionId: string, snapshotId: string): Promise<void> {
    const own = this.#live.get(snapshotId);
    // The turn of this tab knows more than is saved.
    await (own ? own.turn.abort() : this.store.session(sessionId).abort(snapshotId));
  }

  async #answer(turn: Turn<TurnState>, model: Model, attempt: number): Promise<void> {
    const { snapshotId, signal } = turn;
    const messages = messagesIn(turn.messages);
    const hear = (text: string) => {
      this.#live.set(snapshotId, { turn, text });
      this.#listeners.notify();
    };
    let text = '';
    hear(text);
    try {
      for await (const piece of model.answer({ messages, attempt, signal })) {
        if (signal.aborted) break;
        text += piece;
        turn.update(modelMessage(text));
        hear(text);
      }
      await turn.complete();
    } catch (error) {
      await turn.fail(error);
    } finally {
      this.#live.delete(snapshotId);
      this.#listeners.notify();
    }
  }
}

export const AnswersContext = createContext<Answers | undefined>(undefined);

export function useAnswers(): Answers {
  const answers = useContext(AnswersContext);
  if (!answers) throw new Error('useAnswers needs an <AnswersContext> above it');
  return answers;
}

/** Whether this tab is at that turn. */
export function useIsOwn(snapshotId: string | undefined): boolean {
  const answers = useAnswers();
  return useSyncExternalStore(
    answers.subscribe,
    () => snapshotId !== undefined && answers.textOf(snapshotId) !== undefined,
  );
}

/** What this tab has been answered so far, at every piece; `undefined` if it is not at that turn. */
export function useOwnText(snapshotId: string): string | undefined {
  const answers = useAnswers();
  return useSyncExternalStore(answers.subscribe, () => answers.textOf(snapshotId));
}
