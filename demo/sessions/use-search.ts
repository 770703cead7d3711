import { useEffect, useState } from 'react';
import type { DemoStore } from '../store/store.js';
import { toastError } from '../app/toasts.js';
import { search, type Match } from './search.js';

/** While somebody types, in ms. */
const TYPING_MS = 150;
/** How often what was found so far is shown, in ms. */
const SHOW_MS = 100;

export interface Search {
  query: string;
  /** Those with it in their titles first, then by time. */
  matches: readonly Match[];
  searched: number;
  total: number;
  isDone: boolean;
}

/** What the search for this has found so far; `undefined` if nothing is searched for. */
export function useSearch(store: DemoStore, query: string): Search | undefined {
  const [shown, show] = useState<Search>();
  const wanted = query.trim();
  useEffect(() => {
    if (wanted === '') return show(undefined);
    return follow(store, wanted, show);
  }, [store, wanted]);
  return shown;
}

function follow(store: DemoStore, query: string, show: (search: Search) => void): () => void {
  const end = new AbortController();
  const matches = new Map<string, Match>();
  const deleted = new Set<string>();
  let [searched, total, isDone] = [0, 0, false];
  let showing: ReturnType<typeof setTimeout> | undefined;
  const isThere = ({ session }: Match) => !deleted.has(session.sessionId);
  const showNow = () => {
    showing = undefined;
    show({ query, matches: [...matches.values()].filter(isThere).sort(byPlace), searched, total, isDone });
  };
  const showSoon = () => (showing ??= setTimeout(showNow, SHOW_MS));

  const typing = setTimeout(async () => {
    try {
      await search(store, query, end.signal, {
        found(match) {
          matches.set(match.session.sessionId, match);
          showSoon();
        },
        progress(...now) {
          [searched, total] = now;
          showSoon();
        },
      });
    } catch (error) {
      if (!end.signal.aborted) toastError(error);
    }
    isDone = true;
    if (!end.signal.aborted) showSoon();
  }, TYPING_MS);

  const endChanges = store.onSessionsChange((change) => {
    if (change.type === 'reset') return;
    const match = matches.get(change.sessionId);
    if (!match) return;
    // One that was deleted by mistake comes back to where it was.
    if (change.type === 'deleted') deleted.add(change.sessionId);
    else {
      deleted.delete(change.sessionId);
      matches.set(change.sessionId, { ...match, session: change.session });
    }
    showSoon();
  });

  return () => {
    end.abort();
    endChanges();
    clearTimeout(typing);
    clearTimeout(showing);
  };
}

const byPlace = (a: Match, b: Match) =>
  Number(a.snapshotId !== undefined) - Number(b.snapshotId !== undefined) ||
  Date.parse(b.session.updatedAt) - Date.parse(a.session.updatedAt);
