import type { LiveTurn } from './chat.js';
import type { OpenSession } from './open-session.js';
import { forkAt, pathTo } from './paths.js';
import type { TurnItem } from './views/conversation.js';

/** The turns of the selected branch or, while an answer is being written, of the branch that it will be. */
export function shownTurns({ tree, turns }: OpenSession, live: LiveTurn | undefined): TurnItem[] {
  const path = pathTo(tree, live ? live.parentId : tree.headId);
  const items = path.map((snapshotId, depth) => ({
    snapshotId,
    depth,
    prompt: turns.get(snapshotId)?.prompt ?? '',
    answer: turns.get(snapshotId)?.answer ?? '',
    live: false,
    stopped: tree.nodes.get(snapshotId)?.status === 'aborted',
    ...forkAt(tree, snapshotId),
  }));
  if (!live) return items;
  const { snapshotId, prompt, answer } = live;
  const writing = { snapshotId, depth: path.length, prompt, answer, live: true, stopped: false };
  return [...items, { ...writing, siblings: [], index: 0 }];
}
