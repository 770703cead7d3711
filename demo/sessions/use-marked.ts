import { useEffect, useState } from 'react';
import type { DemoStore } from '../store/store.js';
import { followMarked, type Marked } from './follow-marked.js';

const NONE: Marked = new Map();

/** The sessions that are pinned, archived or about to be deleted, wherever in the list they are. */
export function useMarked(store: DemoStore): Marked {
  const [marked, show] = useState(NONE);
  useEffect(() => {
    const end = followMarked(store, show);
    return () => {
      end();
      show(NONE);
    };
  }, [store]);
  return marked;
}
