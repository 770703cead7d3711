import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import type { SessionInfo } from 'offshoot';
import { useSessionStore } from 'offshoot/react';
import { toastError } from '../app/toasts.js';
import { deleteWithUndo } from './deletions.js';
import type { RowActions } from './row-actions.js';
import { SessionMenu, type OpenMenu } from './session-menu.js';
import type { TurnState } from '../store/store.js';
import { VirtualList } from './virtual-list.js';

export interface RowState extends RowActions {
  isCurrent: boolean;
  isTabStop: boolean;
  isEditing: boolean;
}

interface SessionListProps<T> {
  rows: readonly T[];
  sessionOf: (row: T) => SessionInfo;
  currentId: string;
  hasMore?: boolean;
  loadMore?: () => void;
  children: (row: T, state: RowState) => ReactElement;
}

/** Chats, with what can be done with each of them. */
export function SessionList<T>({ sessionOf, currentId, children, ...list }: SessionListProps<T>) {
  const store = useSessionStore<TurnState>();
  const [menu, setMenu] = useState<OpenMenu>();
  const [editingId, edit] = useState<string>();
  const renamedId = useRef<string>(undefined);
  const onMenu = useCallback((session: SessionInfo, button: HTMLElement) => {
    setMenu((open) => (open?.button === button ? undefined : { session, button }));
  }, []);
  const onRenamed = useCallback(
    async ({ sessionId }: SessionInfo, title: string | undefined, byKey: boolean) => {
      if (byKey) renamedId.current = sessionId;
      edit(undefined);
      if (title !== undefined) await store.updateSession(sessionId, { title }).catch(toastError);
    },
    [store],
  );
  useEffect(() => {
    const id = renamedId.current;
    if (editingId !== undefined || id === undefined) return;
    renamedId.current = undefined;
    document.querySelector<HTMLElement>(`[data-session="${CSS.escape(id)}"] a`)?.focus();
  }, [editingId]);
  const onKey = (key: string, session: SessionInfo) => {
    if (key === 'F2') edit(session.sessionId);
    if (key === 'Delete') void deleteWithUndo(store, session, session.sessionId === currentId);
  };
  return (
    <>
      <VirtualList
        {...list}
        label="Chats"
        currentId={currentId}
        idOf={(row) => sessionOf(row).sessionId}
        onKey={(key, row) => onKey(key, sessionOf(row))}
      >
        {(row, isTabStop) => {
          const { sessionId } = sessionOf(row);
          return children(row, {
            isCurrent: sessionId === currentId,
            isTabStop,
            isEditing: sessionId === editingId,
            onMenu,
            onRenamed,
          });
        }}
      </VirtualList>
      {menu && (
        <SessionMenu
          {...menu}
          isCurrent={menu.session.sessionId === currentId}
          onRename={() => edit(menu.session.sessionId)}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}
