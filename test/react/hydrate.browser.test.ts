import { createElement, Fragment, StrictMode, Suspense } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { expect, onTestFinished, test } from 'vitest';
import { suspend, useSession } from '../../src/react/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { expectNoComplaints, observed } from './page.js';

expectNoComplaints();

test('a page takes over what the server has rendered, and shows the data then', async () => {
  const name = freshName();
  await save(openStore({ name }), 'a', turn(1));
  const { store, watchers } = observed(openStore({ name }));
  function Session() {
    const { status, data } = useSession(store, 's');
    return createElement('p', {}, `${status} ${data?.leaves.length}`);
  }
  function Suspending() {
    return createElement('p', {}, suspend(useSession(store, 's')).sessionId);
  }
  const page = createElement(
    StrictMode,
    {},
    createElement(Session),
    createElement(Session),
    createElement(
      Suspense,
      { fallback: createElement('i', {}, '…') },
      createElement(Fragment, {}, createElement(Suspending)),
    ),
  );
  const place = document.createElement('div');
  place.innerHTML = renderToString(page);
  expect(place.textContent).toBe('pending undefinedpending undefined…');

  const complaints: string[] = [];
  const root = hydrateRoot(place, page, {
    onRecoverableError: (error) => complaints.push(String((error as Error).cause ?? error)),
  });
  onTestFinished(() => root.unmount());
  await expect.poll(() => place.textContent).toBe('ready 1ready 1s');
  // Nothing but that the server has left something to the page.
  expect(complaints).toEqual([expect.stringContaining('sessions are stored in the browser')]);
  await expect.poll(watchers).toBe(1);
});
