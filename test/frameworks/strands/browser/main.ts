import { Agent, Graph, SessionManager } from '@strands-agents/sdk';
import { IndexedDBSessionStore } from '../../../../src/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../../../src/adapters/strands/index.js';
import { MockModel, textsOf } from '../mock-model.js';

export type Kind = 'snapshot' | 'bytes';

/** What a test does in a tab; what the tab's user would see is in the document. */
interface Tab {
  /** An agent that takes its session up, as a page does when it loads. */
  open(kind: Kind): Promise<void>;
  send(text: string): Promise<void>;
  checkpoints(): Promise<string[]>;
  restore(snapshotId: string): Promise<void>;
  /** Runs a graph of two agents, saved in the same session. */
  runGraph(): Promise<void>;
  /** Whether there is a graph to restore. */
  restoreGraph(): Promise<boolean>;
  deleteSession(): Promise<void>;
}

declare global {
  interface Window {
    strands: Tab;
  }
}

const store = new IndexedDBSessionStore({ name: 'strands' });
let agent: Agent;
let sessionManager: SessionManager;
let graph: Graph;

const show = () =>
  document
    .querySelector('#messages')!
    .replaceChildren(
      ...textsOf(agent.messages).map((text) =>
        Object.assign(document.createElement('li'), { textContent: text }),
      ),
    );

window.strands = {
  async open(kind) {
    const storage =
      kind === 'bytes' ? new OffshootStorage(store) : { snapshot: new OffshootSnapshotStorage(store) };
    const config = { sessionId: 'trip', storage };
    sessionManager = new SessionManager({ ...config, snapshotTrigger: () => true });
    agent = new Agent({ id: 'helper', model: new MockModel(), printer: false, sessionManager });
    const member = (id: string) => new Agent({ id, model: new MockModel(), printer: false });
    graph = new Graph({
      id: 'team',
      nodes: [member('writer'), member('editor')],
      edges: [['writer', 'editor']],
      maxSteps: 5,
      sessionManager: new SessionManager(config),
    });
    await agent.initialize();
    show();
  },
  async send(text) {
    await agent.invoke(text);
    show();
  },
  checkpoints: () => sessionManager.listSnapshotIds({ target: agent }),
  async restore(snapshotId) {
    await sessionManager.restoreSnapshot({ target: agent, snapshotId });
    show();
  },
  async runGraph() {
    await graph.invoke('topic');
  },
  restoreGraph: () => graph.sessionManager!.restoreSnapshot({ target: graph }),
  deleteSession: () => sessionManager.deleteSession(),
};
