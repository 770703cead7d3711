import { useEffect, useState } from 'react';
import { useSessionStore } from 'offshoot/react';
import { titleOf } from '../app/labels.js';

/** The titles of these sessions, by their ids, as they were when they were asked for. */
export function useTitles(sessionIds: readonly string[]): ReadonlyMap<string, string> {
  const store = useSessionStore();
  const [titles, setTitles] = useState<ReadonlyMap<string, string>>(new Map());
  const asked = JSON.stringify(sessionIds);
  useEffect(() => {
    let isOpen = true;
    const ids: string[] = JSON.parse(asked);
    const read = async (id: string) => [id, titleOf(await store.getSession(id))] as const;
    Promise.all(ids.map(read)).then(
      (read) => isOpen && setTitles(new Map(read)),
      // A chat without a title can still be found.
      () => {},
    );
    return () => {
      isOpen = false;
    };
  }, [store, asked]);
  return titles;
}
