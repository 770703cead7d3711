import { useEffect, useRef, useState } from 'react';
import type { SessionTree } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { pathTo } from '../turns/branch.js';
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
        const turns = turnsOf(snapshot).reverse();
        const path = pathTo(tree, id).reverse();
        const found = path.flatMap((id, index) => (turns[index] ? [[id, turns[index]] as const] : []));
        setPreviews((known) => new Map([...known, ...found]));
      }
    })();
    return () => {
      isShown = false;
    };
  }, [tree, store]);
  return previews;
}
