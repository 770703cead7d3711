import { useEffect, useRef, useState } from 'react';
import type { SessionTree } from 'offshoot';
import { branchesIn, useSessionStore } from 'offshoot/react';
import { turnsOf, type TurnContent } from '../turns/content.js';

/** What each snapshot adds to its conversation. Together the leaves hold all of it; each is read once it has ended. */
export function usePreviews(tree: SessionTree): ReadonlyMap<string, TurnContent> {
  const store = useSessionStore();
  const read = useRef(new Set<string>());
  const [previews, setPreviews] = useState<ReadonlyMap<string, TurnContent>>(new Map());
  useEffect(() => {
    let isShown = true;
    const unread = tree.leaves.filter((id) => !read.current.has(id));
    void (async () => {
      for (const id of unread) {
        // A leaf that cannot be read is drawn without words.
        const snapshot = await store.getSnapshot({ snapshotId: id }).catch(() => undefined);
        if (!isShown) return;
        if (tree.nodes.get(id)?.status !== 'pending') read.current.add(id);
        if (!snapshot) continue;
        const { messages } = branchesIn(tree, id);
        const found = turnsOf(snapshot).flatMap((turn) =>
          // Its prompt may be a snapshot of its own.
          [messages[turn.first], messages[turn.last]].flatMap((by) =>
            by ? [[by.snapshotId, turn] as const] : [],
          ),
        );
        setPreviews((known) => new Map([...known, ...found]));
      }
    })();
    return () => {
      isShown = false;
    };
  }, [tree, store]);
  return previews;
}
