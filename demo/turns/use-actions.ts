import { useMemo } from 'react';
import type { Message } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { go, hrefOf } from '../app/address.js';
import { titleFor } from '../app/labels.js';
import { toastError } from '../app/toasts.js';
import { useModelChoice } from '../models/model-choice.js';
import { useAnswers, type NewTurn } from './answers.js';
import { textOf } from './content.js';
import type { ShownTurn } from './use-turns.js';

export interface TurnActions {
  /** Continues a snapshot; the root of a new tree, if there is none. Resolves to whether it could be saved. */
  send: (prompt: Message, parentId: string | undefined) => Promise<boolean>;
  /** Answers the prompt of a turn once more, beside it. */
  regenerate: (turn: ShownTurn) => void;
  /** Puts another prompt beside that of a turn. */
  edit: (turn: ShownTurn, prompt: Message) => void;
  stop: (snapshotId: string) => void;
  /** Goes to where the branch of a snapshot was last continued. */
  goToBranch: (snapshotId: string) => void;
  /** Goes to a snapshot itself. */
  goTo: (snapshotId: string) => void;
}

export function useActions(sessionId: string): TurnActions {
  const store = useSessionStore();
  const answers = useAnswers();
  const { model } = useModelChoice();
  return useMemo(() => {
    const session = store.session(sessionId);
    const begin = async (start: NewTurn['start'], attempt = 0) => {
      const from = location.hash;
      try {
        const snapshotId = await answers.begin(sessionId, { start, model, attempt });
        // Whoever has left in the meantime is not brought back.
        if (location.hash === from) go(hrefOf(sessionId, snapshotId), from === '' ? 'replace' : 'push');
        return true;
      } catch (error) {
        toastError(error);
        return false;
      }
    };
    const send = (prompt: Message, after: string | undefined) =>
      begin((session, options) =>
        session.startTurn({
          ...options,
          messages: prompt,
          // Turns are what the tree is made of.
          oneSnapshot: true,
          after: after ?? null,
          title: titleFor(textOf(prompt)),
        }),
      );
    const goTo = (snapshotId: string) => {
      go(hrefOf(sessionId, snapshotId), 'replace');
      // The next tab begins where this one went last.
      void session.select(snapshotId).catch(toastError);
    };
    return {
      send,
      regenerate: ({ snapshotId, siblings }) =>
        void begin((session, options) => session.again(snapshotId, options), siblings.length),
      edit: ({ parentId }, prompt) => void send(prompt, parentId),
      stop: (snapshotId) => void answers.stop(sessionId, snapshotId).catch(toastError),
      goToBranch: (snapshotId) =>
        void session.branches(snapshotId).then(({ newestLeaf }) => goTo(newestLeaf), toastError),
      goTo,
    };
  }, [sessionId, model, store, answers]);
}
