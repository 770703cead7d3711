import { useEffect, useMemo, useRef } from 'react';
import type { Message, SessionTree } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { go, hrefOf } from '../app/address.js';
import { titleFor } from '../app/labels.js';
import { toastError } from '../app/toasts.js';
import { useModelChoice } from '../models/model-choice.js';
import { childrenOf, newestLeafBelow } from './branch.js';
import { textOf } from './content.js';
import { useRunner } from './use-runner.js';

export interface TurnActions {
  /** Continues a snapshot; the root of a new tree, if there is none. Resolves to whether it could be saved. */
  send: (prompt: Message, parentId: string | undefined) => Promise<boolean>;
  /** Answers the prompt of a turn once more, beside it. */
  regenerate: (snapshotId: string, prompt: Message) => void;
  /** Puts another prompt beside that of a turn. */
  edit: (snapshotId: string, prompt: Message) => void;
  stop: (snapshotId: string) => void;
  /** Goes to where the branch of a snapshot was last continued. */
  goToBranch: (snapshotId: string) => void;
  /** Goes to a snapshot itself. */
  goTo: (snapshotId: string) => void;
}

export function useActions(sessionId: string, tree: SessionTree | undefined): TurnActions {
  const store = useSessionStore();
  const runner = useRunner();
  const { model } = useModelChoice();
  // Not among what the actions are made of: they stay the same while the tree grows.
  const latest = useRef(tree);
  useEffect(() => {
    latest.current = tree;
  });
  return useMemo(() => {
    const begin = async (prompt: Message, parentId: string | undefined, attempt: number) => {
      const snapshotId = crypto.randomUUID();
      const turn = { sessionId, parentId, prompt, model, attempt };
      const begun = runner.begin(snapshotId, turn, titleFor(textOf(prompt)));
      const from = location.hash;
      go(hrefOf(sessionId, snapshotId), from === '' ? 'replace' : 'push');
      try {
        await begun;
        return true;
      } catch (error) {
        toastError(error);
        if (location.hash === hrefOf(sessionId, snapshotId)) go(from, 'replace');
        return false;
      }
    };
    const parentOf = (snapshotId: string) => latest.current?.nodes.get(snapshotId)?.parentId;
    const goTo = (snapshotId: string) => {
      go(hrefOf(sessionId, snapshotId), 'replace');
      // The next tab begins where this one went last.
      void store.selectBranch(snapshotId).catch(toastError);
    };
    return {
      send: (prompt, parentId) => begin(prompt, parentId, 0),
      regenerate(snapshotId, prompt) {
        const parentId = parentOf(snapshotId);
        void begin(prompt, parentId, latest.current ? childrenOf(latest.current, parentId).length : 1);
      },
      edit: (snapshotId, prompt) => void begin(prompt, parentOf(snapshotId), 0),
      stop: (snapshotId) => void runner.stop(snapshotId).catch(toastError),
      goToBranch: (snapshotId) =>
        goTo(latest.current ? newestLeafBelow(latest.current, snapshotId) : snapshotId),
      goTo,
    };
  }, [sessionId, model, store, runner]);
}
