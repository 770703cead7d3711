import { IndexedDBSessionStore } from '../../../../src/index.js';
import { createAgent, textOf } from '../agent.js';

interface Turn {
  sessionId: string;
  snapshotId: string;
}

/** What a test does in a tab; what the tab's user would see is in the document. */
interface Tab {
  /** Takes a turn, in a new session if none is named. */
  send(text: string, sessionId?: string): Promise<Turn>;
  /** Starts a turn that runs on in the background of this tab. */
  detach(text: string, sessionId?: string): Promise<Turn>;
  /** Aborts a turn, whichever tab runs it. */
  abort(snapshotId: string): Promise<void>;
  /** Aborts every detached turn of the session as soon as this tab hears of it. */
  abortAtOnce(sessionId: string): void;
  /** Lists the session's messages, now and whenever it changes. */
  showSession(sessionId: string): void;
  /** Lists every status that the turn goes through. */
  showTurn(snapshotId: string): void;
  /** Makes a turn's last sign of life so old, as if this tab's timers had not gone off since. */
  age(snapshotId: string, silentMs: number): Promise<void>;
  /** Where a turn stands, as the store sees it and as Genkit's agent sees it. */
  judge(snapshotId: string): Promise<{ store: string | undefined; genkit: string | undefined }>;
  /** Lets the slow model calls of this tab answer. */
  release(): void;
  startedCalls(): number;
  stoppedCalls(): number;
}

declare global {
  interface Window {
    tab: Tab;
  }
}

const store = new IndexedDBSessionStore();
const { agent, started, stopped, release } = createAgent(store);

const open = (sessionId?: string) => agent.chat(sessionId === undefined ? {} : { sessionId });
const list = (selector: string, items: string[]) =>
  document
    .querySelector(selector)!
    .replaceChildren(
      ...items.map((text) => Object.assign(document.createElement('li'), { textContent: text })),
    );

window.tab = {
  async send(text, sessionId) {
    const chat = open(sessionId);
    await chat.send(text);
    return { sessionId: chat.sessionId!, snapshotId: chat.snapshotId! };
  },
  async detach(text, sessionId) {
    const chat = open(sessionId);
    const task = await chat.detach(text);
    return { sessionId: chat.sessionId!, snapshotId: task.snapshotId };
  },
  async abort(snapshotId) {
    await agent.abort(snapshotId);
  },
  abortAtOnce(sessionId) {
    store.onSessionChange(sessionId, async () => {
      const latest = await store.getSnapshot({ sessionId });
      if (latest?.status === 'pending') await agent.abort(latest.snapshotId);
    });
  },
  showSession(sessionId) {
    const render = async () => {
      const latest = await store.getSnapshot({ sessionId });
      list('#messages', (latest?.state?.messages ?? []).map(textOf));
    };
    // One after the other, so that an older answer never replaces a newer one.
    let rendered = render();
    store.onSessionChange(sessionId, () => {
      rendered = rendered.then(render);
    });
  },
  showTurn(snapshotId) {
    const statuses: string[] = [];
    store.onSnapshotStateChange(snapshotId, ({ status }) => {
      statuses.push(status ?? 'none');
      list('#statuses', statuses);
    });
  },
  async age(snapshotId, silentMs) {
    const heartbeatAt = new Date(Date.now() - silentMs).toISOString();
    await store.saveSnapshot(snapshotId, (current) => ({ ...current!, heartbeatAt }));
  },
  async judge(snapshotId) {
    const shown = await store.getSnapshot({ snapshotId });
    const judged = await agent.getSnapshotData({ snapshotId });
    return { store: shown?.status, genkit: judged?.status };
  },
  release,
  startedCalls: started,
  stoppedCalls: stopped,
};
