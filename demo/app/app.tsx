import { useCallback, useEffect, useRef, useState } from 'react';
import { DropZone } from '../care/drop-zone.js';
import { HealthBanner } from '../care/health-banner.js';
import { Chat } from '../chat/chat.js';
import type { DrawerName } from '../chat/drawer-button.js';
import { ModelProvider } from '../models/model-provider.js';
import { UpdateNotice } from '../pwa/update-notice.js';
import { Sidebar } from '../sessions/sidebar.js';
import { StoreGate } from '../store/store-gate.js';
import { go, useAddress } from './address.js';
import { Announcer } from './announcer.js';
import { Contained } from './contained.js';
import { Icon } from './icons.js';
import { loadedLater } from './loaded-later.js';
import { Toasts } from './toasts.js';

const CarePanel = loadedLater('What cares for your data', () => import('../care/care-panel.js'));

export function App() {
  return (
    <StoreGate>
      <ModelProvider>
        <Layout />
      </ModelProvider>
      <UpdateNotice />
      <Toasts />
      <Announcer />
    </StoreGate>
  );
}

function Layout() {
  const { sessionId, at } = useAddress();
  const fresh = useFreshId(sessionId);
  const [drawer, setDrawer] = useState<DrawerName>();
  const [care, setCare] = useState<{ file?: File }>();
  const nav = useRef<HTMLElement>(null);
  const close = useCallback(() => setDrawer(undefined), []);
  useEffect(close, [sessionId, at, close]);
  useEffect(() => {
    if (drawer === 'sessions') nav.current?.querySelector('button')?.focus();
  }, [drawer]);
  return (
    <div
      className="app"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || drawer === undefined) return;
        document.querySelector<HTMLElement>(`.drawer[aria-controls="${drawer}"]`)?.focus();
        close();
      }}
    >
      <nav
        ref={nav}
        id="sessions"
        className={drawer === 'sessions' ? 'panel open' : 'panel'}
        aria-label="Chats"
      >
        <Sidebar
          sessionId={sessionId ?? fresh}
          onNew={() => {
            go('');
            close();
          }}
        />
        <footer>
          <button type="button" className="quiet" onClick={() => setCare({})}>
            <Icon name="disk" />
            Your data
          </button>
        </footer>
      </nav>
      <Contained key={sessionId ?? fresh} name="This chat">
        <Chat
          sessionId={sessionId ?? fresh}
          isNew={sessionId === undefined}
          at={at}
          drawer={drawer}
          onDrawer={(name) => setDrawer(drawer === name ? undefined : name)}
          banner={<HealthBanner />}
        />
      </Contained>
      <DropZone onFile={(file) => setCare({ file })} />
      {care && <CarePanel {...care} onClose={() => setCare(undefined)} />}
    </div>
  );
}

/** An id for the chat that the address does not name yet; another one each time that a new chat is begun. */
function useFreshId(sessionId: string | undefined): string {
  const fresh = useRef<{ id: string; named: string | undefined }>(undefined);
  fresh.current ??= { id: crypto.randomUUID(), named: sessionId };
  // Its first turn names the new chat in the address; leaving that chat again asks for another id.
  if (sessionId === undefined && fresh.current.named !== undefined) {
    fresh.current = { id: crypto.randomUUID(), named: undefined };
  }
  fresh.current.named = sessionId;
  return fresh.current.id;
}
