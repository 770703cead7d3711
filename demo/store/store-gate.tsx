import { useSyncExternalStore, type ReactNode } from 'react';
import { SessionStoreProvider } from 'offshoot/react';
import { loadedLater } from '../app/loaded-later.js';
import { AnswersContext } from '../turns/answers.js';
import { currentAccess, subscribe } from './access.js';

const LockedPage = loadedLater('What opens your chats', () => import('./locked-page.js'));

/** Gives the store, and what runs in it, to everything below, which is not there while the store is locked. */
export function StoreGate({ children }: { children: ReactNode }) {
  const access = useSyncExternalStore(subscribe, currentAccess);
  if (access.state !== 'open')
    return <LockedPage record={access.state === 'locked' ? access.record : undefined} />;
  return (
    <SessionStoreProvider store={access.store}>
      <AnswersContext value={access.answers}>{children}</AnswersContext>
    </SessionStoreProvider>
  );
}
