import { useRef } from 'react';
import type { SessionTree, SnapshotNode, SnapshotStatus } from 'offshoot';
import { branchesIn, useSessionStore, useSnapshot } from 'offshoot/react';
import type { TurnState } from '../store/store.js';
import { turnsOf, type TurnContent } from './content.js';

/** One turn of the branch that is shown. */
export interface ShownTurn {
  /** The snapshot that it ends with. */
  snapshotId: string;
  /** What its prompt continues. */
  parentId: string | undefined;
  /** Counted from 1. */
  number: number;
  node: SnapshotNode | undefined;
  /** The snapshots that it can be exchanged for, oldest first, and which of them is its own. */
  siblings: readonly string[];
  index: number;
  content: TurnContent | undefined;
  /** Who writes it, if it is the last and pending. */
  writer: string | undefined;
}

interface Turns {
  turns: readonly ShownTurn[];
  /** What the last of them was when it was read. */
  status: SnapshotStatus | undefined;
  error: Error | undefined;
  /** Whether anything has been read. */
  isReady: boolean;
}

const NONE: Turns = { turns: [], status: undefined, error: undefined, isReady: false };

/** The turns from the root to where the tab stands. Until another branch is read, the one before stays. */
export function useTurns(tree: SessionTree | undefined, standing: string | undefined): Turns {
  const store = useSessionStore<TurnState>();
  const { status, data, error } = useSnapshot(store, { snapshotId: standing ?? 'none' });
  const last = useRef(NONE);
  if (!tree) return last.current;
  if (standing === undefined) return (last.current = { ...NONE, isReady: true });
  if (status === 'pending' || !tree.nodes.has(standing)) return last.current;

  const { messages, siblings, index } = branchesIn(tree, standing);
  const end = { snapshotId: standing, siblings, index };
  const contents = turnsOf(data);
  const turns = (contents.length > 0 ? contents : [undefined]).map((content, at, all): ShownTurn => {
    const first = messages[content?.first ?? 0] ?? end;
    // The last one's answer may have no words yet.
    const own = (at < all.length - 1 && messages[content!.last]) || end;
    const { snapshotId } = own;
    const node = tree.nodes.get(snapshotId);
    const isWritten = own === end && node?.status === 'pending';
    return {
      ...(own.siblings.length > 1 ? own : first),
      snapshotId,
      parentId: tree.nodes.get(first.snapshotId)?.parentId,
      number: at + 1,
      node,
      content,
      writer: isWritten ? nameOf(data?.state?.custom?.tab) : undefined,
    };
  });
  last.current = { turns, status: data?.status, error, isReady: true };
  return last.current;
}

/** What another application has written there may be anything. */
const nameOf = (tab: unknown): string | undefined => (typeof tab === 'string' ? tab : undefined);
