import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import type { SnapshotStatus } from 'offshoot';
import { useSession, useSessionStore } from 'offshoot/react';
import { announce } from '../app/announcer.js';
import { Contained } from '../app/contained.js';
import { titleOf } from '../app/labels.js';
import { loadedLater } from '../app/loaded-later.js';
import { currentAccess, subscribe } from '../store/access.js';
import { useActions } from '../turns/use-actions.js';
import { useIsOwn } from '../turns/answers.js';
import { useStanding } from '../turns/use-standing.js';
import { useTurns, type ShownTurn } from '../turns/use-turns.js';
import { Composer } from './composer.js';
import { Conversation } from './conversation.js';
import { DrawerButton, type DrawerName } from './drawer-button.js';
import { Welcome } from './welcome.js';

const TreePanel = loadedLater('The tree', () => import('../tree/tree-panel.js'));
const Compare = loadedLater('The comparison', () => import('../compare/compare.js'));

export interface ChatProps {
  sessionId: string;
  /** Nothing was said in it yet. */
  isNew: boolean;
  at: string | undefined;
  drawer: DrawerName | undefined;
  onDrawer: (name: DrawerName) => void;
  banner: ReactNode;
}

/** One session: the branch that this tab stands on, what to say next, and the tree of all branches. */
export function Chat({ sessionId, isNew, at, drawer, onDrawer, banner }: ChatProps) {
  const { status, data, error } = useSession(useSessionStore(), sessionId);
  const tree = data?.tree;
  const standing = useStanding(sessionId, tree, at);
  const isOwn = useIsOwn(standing);
  const { turns, status: readStatus, error: unread, isReady } = useTurns(tree, standing);
  const actions = useActions(sessionId);
  const [compared, setCompared] = useState<string>();
  const title = titleOf(data?.session);
  useDocumentTitle(title);

  const last = turns.at(-1);
  useAnnouncement(isOwn ? standing : undefined, last, readStatus);
  const isPending = isOwn || last?.node?.status === 'pending';
  const isInside = standing !== undefined && (tree?.nodes.get(standing)?.children.length ?? 0) > 0;
  const failure = error ?? unread;
  return (
    <>
      <main>
        <header>
          <DrawerButton name="sessions" icon="list" label="Chats" drawer={drawer} onDrawer={onDrawer} />
          <h1>
            <bdi>{title}</bdi>
          </h1>
          <DrawerButton name="branches" icon="branch" label="Branches" drawer={drawer} onDrawer={onDrawer} />
        </header>
        {banner}
        {turns.length > 0 ? (
          <Conversation sessionId={sessionId} turns={turns} actions={actions} onCompare={setCompared} />
        ) : status === 'ready' && isReady ? (
          <Welcome actions={actions} />
        ) : (
          <div className="scroller" />
        )}
        <footer>
          {failure && (
            <p className="failure" role="alert">
              {failure.message}
            </p>
          )}
          {isInside && (
            <p className="hint note">
              You are at an earlier turn. What you send from here starts a new branch.{' '}
              <button type="button" className="quiet" onClick={() => actions.goToBranch(standing)}>
                Go to the end
              </button>
            </p>
          )}
          <Composer
            key={sessionId}
            sessionId={isNew ? undefined : sessionId}
            parentId={standing}
            // What begins a chat continues nothing that would have to be read first.
            isReady={isNew || status === 'ready'}
            pendingId={isPending ? standing : undefined}
            actions={actions}
          />
        </footer>
      </main>
      <aside id="branches" className={drawer === 'branches' ? 'panel open' : 'panel'} aria-label="Branches">
        {tree && tree.nodes.size > 0 && (
          <Contained name="The tree">
            <TreePanel tree={tree} standing={standing} onGo={actions.goTo} onCompare={setCompared} />
          </Contained>
        )}
      </aside>
      {compared !== undefined && tree && (
        <Compare tree={tree} snapshotId={compared} onClose={() => setCompared(undefined)} />
      )}
    </>
  );
}

/** Reads an answer of this tab out when it is complete; word by word nobody could follow. */
function useAnnouncement(
  ownId: string | undefined,
  last: ShownTurn | undefined,
  status: SnapshotStatus | undefined,
): void {
  const awaited = useRef<string>(undefined);
  // The turn is over before what it saved has been read again.
  const isRead = ownId === undefined && status !== undefined && status !== 'pending';
  const answer = isRead ? last?.content?.answer : undefined;
  useEffect(() => {
    if (ownId !== undefined && awaited.current !== ownId) {
      awaited.current = ownId;
      announce('Answering…');
    } else if (isRead && awaited.current === last?.snapshotId) {
      awaited.current = undefined;
      announce(answer || 'The answer was stopped.');
    }
  }, [ownId, isRead, last?.snapshotId, answer]);
}

/** The browser keeps titles in its history, in plain text. */
function useDocumentTitle(title: string): void {
  const access = useSyncExternalStore(subscribe, currentAccess);
  const isSecret = access.state === 'open' && access.key !== null;
  useEffect(() => {
    document.title = isSecret ? 'Offshoot' : `${title} · Offshoot`;
  }, [title, isSecret]);
}
