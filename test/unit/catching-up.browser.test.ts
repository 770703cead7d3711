import { afterEach, describe, expect, test, vi } from 'vitest';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { loseMessages } from '../stand-ins/carry-messages.js';
import { eventually } from '../assertions/eventually.js';
import { requestsOf } from '../database/observe-requests.js';
import { freshName, openStore } from '../stores/open-store.js';
import { counter, typesOf, watchEverything } from './watch-everything.js';

type Store = IndexedDBSessionStore<any>;

afterEach(() => {
  vi.restoreAllMocks();
});

function becomes(visibility: DocumentVisibilityState): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility);
  document.dispatchEvent(new Event('visibilitychange'));
}

/** All the ways in which a page can come back. */
const WAYS_BACK: Record<string, () => void> = {
  'becomes visible': () => becomes('visible'),
  resumes: () => void document.dispatchEvent(new Event('resume')),
  'is shown again': () => void window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
};

async function openTwo(): Promise<[writer: Store, listener: Store]> {
  const name = freshName();
  const [writer, listener] = [openStore({ name }), openStore({ name })];
  await save(writer, 'a', counter(1));
  return [writer, listener];
}

describe.each(Object.entries(WAYS_BACK))('when the page %s', (_, comeBack) => {
  test('what was missed is told, though no other message ever comes', async () => {
    const losing = loseMessages();
    const [writer, listener] = await openTwo();
    const { counts, session, sessions } = await watchEverything(listener);
    await losing.during(() => save(writer, 'a', counter(2)));
    comeBack();
    await eventually(() => counts.at(-1) === 2, 'the save that was missed');
    await eventually(() => session.length > 0, 'the change of the session');
    await eventually(() => typesOf(sessions).includes('reset'), 'word that sessions may have changed');
    expect(counts).toEqual([1, 2]);
    expect(session).toEqual([{ type: 'changed', sessionId: 's', session: await writer.getSession('s') }]);
  });

  test('and nothing was missed, nobody is told anything', async () => {
    const [writer, listener] = await openTwo();
    const { counts, session, sessions } = await watchEverything(listener);
    await save(writer, 'a', counter(2));
    await eventually(() => counts.length === 2 && session.length === 1, 'the save');
    comeBack();
    // What coming back made it read has been read by the time that this is heard.
    await listener.getSession('s');
    await save(writer, 'b', turn(2, { parentId: 'a' }));
    await eventually(() => session.length === 2, 'the next save');
    expect(counts).toEqual([1, 2]);
    expect(typesOf(session)).toEqual(['changed', 'changed']);
    expect(typesOf(sessions)).toEqual(['changed', 'changed']);
  });

  test('and nobody watches, nothing is read', async () => {
    const [, listener] = await openTwo();
    // Its first read also looks whether the rows are encrypted.
    await listener.getSession('s');
    const requests = await requestsOf(async () => {
      comeBack();
      await listener.getSession('s');
    });
    expect(requests.filter(({ store }) => store !== 'sessions')).toEqual([]);
  });
});

test('when the page is hidden, it does not look for what it missed', async () => {
  const [, listener] = await openTwo();
  await watchEverything(listener);
  const requests = await requestsOf(async () => {
    becomes('hidden');
    await listener.getSession('s');
  });
  expect(requests.filter(({ store }) => store !== 'sessions')).toEqual([]);
});
