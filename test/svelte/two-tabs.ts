import { onTestFinished } from 'vitest';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import type { Live } from '../../src/svelte/index.js';
import { observed } from '../stores/observed-store.js';
import { freshName, openStore } from '../stores/open-store.js';

/** A store and what is asked of it, and another tab, which has saved. */
export async function twoTabs() {
  const name = freshName();
  const there = openStore({ name });
  await save(there, 'a', turn(1));
  await save(there, 'b', turn(2, { parentId: 'a' }));
  await save(there, 'other', turn(3, { sessionId: 'other' }));
  return { ...observed(openStore({ name })), there };
}

/** Subscribes for the length of the test. */
export function told<T>(live: Live<T>) {
  const results: T[] = [];
  const end = live.subscribe((result) => results.push(result));
  onTestFinished(end);
  return {
    results,
    end,
    get latest() {
      return results.at(-1)!;
    },
  };
}
