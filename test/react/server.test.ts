import { createElement, Suspense } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { suspend, useSession, useSessions, useSnapshot } from '../../src/react/index.js';
import { openStore } from '../stores/open-store.js';
import { observed } from './page.js';

function closedStore() {
  const { store, calls } = observed(openStore());
  function App() {
    const results = [
      useSessions(store),
      useSession(store, 's'),
      useSnapshot(store, { snapshotId: 'a' }),
      useSession(store, ''),
    ];
    for (const { reload } of results) reload();
    return createElement('p', {}, results.map(({ status, data }) => `${status} ${data}`).join(', '));
  }
  function Session() {
    return createElement('p', {}, suspend(useSession(store, 's')).sessionId);
  }
  return { App, Session, calls };
}

test('a server renders what is pending, and asks the store nothing', () => {
  const { App, calls } = closedStore();
  const pending = 'pending undefined';
  expect(renderToString(createElement(App))).toBe(`<p>${[1, 2, 3, 4].map(() => pending).join(', ')}</p>`);
  expect(calls).toEqual({});
});

test('a server renders the fallback of what suspends, and leaves the rest to the browser', () => {
  const { Session, calls } = closedStore();
  const page = createElement(Suspense, { fallback: createElement('i', {}, '…') }, createElement(Session));
  expect(renderToString(page)).toContain('<i>…</i>');
  expect(calls).toEqual({});
});
