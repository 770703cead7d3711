import { useRef } from 'react';
import type { SessionTree, SnapshotNode, SnapshotStatus } from 'offshoot';
import { useSessionStore, useSnapshot } from 'offshoot/react';
import { beginningOf } from '../app/cut.js';
import type { TurnState } from '../store/store.js';
import { pathTo, siblingsOf } from './branch.js';
import { textOf, turnsOf, type TurnContent } from './content.js';
import type { LiveTurn } from './runner.js';

/** One turn of the branch that is shown. */
export interface ShownTurn {
  snapshotId: string;
  /** Counted from 1. */
  number: number;
  /** `undefined` until it is stored. */
  node: SnapshotNode | undefined;
  /** The snapshots that continue the same one, this one included, oldest first. */
  siblings: readonly string[];
  content: TurnContent | undefined;
  /** Who writes it, if it is the last and pending. */
  writer: string | undefined;
}

interface Turns {
  turns: readonly ShownTurn[];
  /** What the last of them was when it was read; `undefined` while it is not stored. */
  status: SnapshotStatus | undefined;
  error: Error | undefined;
  /** Whether anything has been read. */
  isReady: boolean;
}

const NONE: Turns = { turns: [], status: undefined, error: undefined, isReady: false };

/** The turns from the root to where the tab stands. Until another branch is read, the one before stays. */
export function useTurns(
  tree: SessionTree | undefined,
  standing: string | undefined,
  live: LiveTurn | undefined,
): Turns {
  const store = useSessionStore<TurnState>();
  const isStored = standing !== undefined && tree?.nodes.has(standing) === true;
  const base = isStored ? standing : live?.parentId;
  const { status, data, error } = useSnapshot(store, { snapshotId: base ?? 'none' });
  const last = useRef(NONE);
  if (!tree || (base !== undefined && status === 'pending')) return last.current;

  const path = pathTo(tree, base);
  const contents = base !== undefined && data ? turnsOf(data) : [];
  const ahead = path.length - contents.length;
  const turns = path.map((snapshotId, index): ShownTurn => {
    const node = tree.nodes.get(snapshotId);
    const isWritten = node?.status === 'pending' && snapshotId === base;
    return {
      snapshotId,
      number: index + 1,
      node,
      siblings: siblingsOf(tree, snapshotId),
      content: contents[index - ahead],
      writer: isWritten ? nameOf(data?.state?.custom?.tab) : undefined,
    };
  });
  if (live && !isStored) turns.push(unsaved(live, turns.length + 1));
  last.current = {
    turns,
    status: isStored ? data?.status : undefined,
    error: base === undefined ? undefined : error,
    isReady: true,
  };
  return last.current;
}

/** What another application has written there may be anything. */
const nameOf = (tab: unknown): string | undefined => (typeof tab === 'string' ? tab : undefined);

const unsaved = ({ snapshotId, prompt }: LiveTurn, number: number): ShownTurn => ({
  snapshotId,
  number,
  node: undefined,
  siblings: [],
  content: { prompt, answer: '' },
  writer: undefined,
});

/** For labels: the first words of a turn. */
export const previewOf = (content: TurnContent | undefined): string =>
  beginningOf(textOf(content?.prompt), 120) || 'Image';
