import { IndexedDBSessionStore, SessionStoreError, type SessionInfo } from 'offshoot';
import { hrefOf, sessionInAddress } from './address.js';
import { beginTurn, discardTurn, runTurn, type LiveTurn } from './chat.js';
import { find, setText } from './dom.js';
import { countOf, titleOf } from './labels.js';
import { openSession, type OpenSession } from './open-session.js';
import { childrenOf, newestLeafBelow } from './paths.js';
import { deleteSession, renameSession } from './session-edits.js';
import { watchSessions } from './session-list.js';
import { shownTurns } from './shown-turns.js';
import { composerView, suggestionsView } from './views/composer.js';
import { conversationView } from './views/conversation.js';
import { panels } from './views/panels.js';
import { sessionsView } from './views/sessions.js';
import { statusView } from './views/status.js';
import { treeView } from './views/tree.js';

const store = new IndexedDBSessionStore({ name: 'offshoot-demo' });

/** The open session's id. The address has it too, but for a new chat only from its first turn on. */
let sessionId = '';
let session: OpenSession | undefined;
let opened: ReturnType<typeof openSession> | undefined;
let sessions: { list: SessionInfo[]; more: boolean } = { list: [], more: false };
const liveTurns = new Map<string, LiveTurn>();

const status = statusView();
const drawers = panels();
const conversation = conversationView({
  regenerate,
  switchTo: (id) => session && select(newestLeafBelow(session.tree, id)),
});
const tree = treeView(select);
const composer = composerView({ send, stop: () => liveTurns.get(sessionId)?.stop.abort() });
const sidebar = sessionsView({
  create: openNew,
  rename: (info) => void attempt(() => renameSession(store, info)),
  delete: (info) => void attempt(() => deleteSession(store, info)),
  showMore: () => list.showMore(),
});
suggestionsView(['Plan a weekend in Lisbon', 'Name my coffee shop', 'Explain recursion'], send);

function draw(): void {
  sidebar.show(sessions.list, sessionId, sessions.more);
  const live = liveTurns.get(sessionId);
  composer.show({ ready: session !== undefined, live: live !== undefined });
  if (!session) return;
  setText(find('title'), titleOf(session.info));
  document.title = `${titleOf(session.info)} · Offshoot`;
  drawConversation();
  tree.show(session, live !== undefined);
  const { nodes, headId } = session.tree;
  find('welcome').hidden = nodes.size > 0 || live !== undefined;
  const atEnd = headId === undefined || childrenOf(session.tree, headId).length === 0;
  find('note').hidden = live !== undefined || atEnd;
}

function drawConversation(): void {
  if (session) conversation.show(shownTurns(session, liveTurns.get(sessionId)));
}

/** Opens the session that the address names. */
function open(): void {
  opened?.close();
  drawers.close();
  status.clear();
  sessionId = sessionInAddress() || crypto.randomUUID();
  session = undefined;
  let first = true;
  opened = openSession(store, sessionId, {
    changed(next) {
      session = next;
      draw();
      if (first) conversation.scrollToEnd();
      first = false;
    },
    deleted() {
      openNew();
      status.show('The chat was deleted.');
    },
    failed(error) {
      // Nothing of the chat before it must seem to be this one's.
      if (!session) conversation.show([]);
      failed(error);
    },
  });
  // Nothing can be sent until it is loaded.
  draw();
  composer.focus();
}

function openNew(): void {
  history.pushState(null, '', location.pathname + location.search);
  open();
}

function send(prompt: string): void {
  if (!session) return;
  void write(prompt, session.tree.headId);
}

function regenerate(snapshotId: string): void {
  const turn = session?.turns.get(snapshotId);
  if (!turn) return;
  void write(turn.prompt, session?.tree.nodes.get(snapshotId)?.parentId);
  composer.focusStop();
}

async function write(prompt: string, parentId: string | undefined): Promise<void> {
  if (!session || liveTurns.has(sessionId)) return;
  const { tree, turns } = session;
  const attempts = childrenOf(tree, parentId).filter((id) => turns.get(id)?.prompt === prompt).length;
  const turn = beginTurn({ sessionId, parentId, prompt, attempt: attempts });
  liveTurns.set(sessionId, turn);
  history.replaceState(null, '', hrefOf(sessionId));
  draw();
  conversation.scrollToEnd();
  const saved = await attempt(() => runTurn(store, turn, drawConversation));
  // Until the snapshot is on the page, the turn stands in for it.
  await opened?.refresh();
  liveTurns.delete(turn.sessionId);
  if (!saved && turn.sessionId === sessionId) composer.restore(prompt);
  draw();
}

function select(snapshotId: string): void {
  drawers.close();
  void attempt(() => store.selectBranch(snapshotId));
}

async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  status.clear();
  try {
    return await work();
  } catch (error) {
    failed(error);
    return undefined;
  }
}

function failed(error: unknown): void {
  status.show(error instanceof Error ? error.message : String(error), 'error');
  if (!(error instanceof SessionStoreError)) reportError(error);
}

const list = watchSessions(store, {
  changed({ sessions: infos, cursor, damaged }) {
    sessions = { list: infos, more: cursor !== undefined };
    if (damaged.length > 0) status.show(`${countOf(damaged.length, 'chat')} cannot be read.`, 'error');
    draw();
  },
  deleted(id) {
    const live = liveTurns.get(id);
    if (live) discardTurn(live);
  },
  failed,
});
window.addEventListener('hashchange', open);
open();
