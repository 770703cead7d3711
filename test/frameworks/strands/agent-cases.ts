import { Agent, Graph, SessionManager, type SessionManagerConfig } from '@strands-agents/sdk';
import { describe, expect, test } from 'vitest';
import { MockModel, textsOf } from './mock-model.js';

export type ManagerStorage = NonNullable<SessionManagerConfig['storage']>;

/** What a page does when it loads: an agent that takes its session up again. */
export function openAgent(storage: ManagerStorage, config: SessionManagerConfig = {}) {
  const sessionManager = new SessionManager({ sessionId: 'trip', storage, ...config });
  const agent = new Agent({ id: 'helper', model: new MockModel(), printer: false, sessionManager });
  return { agent, sessionManager };
}

function openGraph(storage: ManagerStorage, config: SessionManagerConfig = {}) {
  const node = (id: string) => new Agent({ id, model: new MockModel(), printer: false });
  const sessionManager = new SessionManager({ sessionId: 'trip', storage, ...config });
  const graph = new Graph({
    id: 'team',
    nodes: [node('writer'), node('editor')],
    edges: [['writer', 'editor']],
    sessionManager,
  });
  return { graph, sessionManager };
}

/** What an agent, a graph and a session manager of the SDK do with a storage. `open` opens one more over the same data. */
export function describeAgents(name: string, opener: () => () => ManagerStorage): void {
  describe(`Agents: ${name}`, () => {
    test('a conversation goes on after the page was closed', async () => {
      const open = opener();
      const before = openAgent(open());
      await before.agent.invoke('one');
      await before.agent.invoke('two');
      before.agent.appState.set('mood', 'good');
      await before.sessionManager.saveSnapshot({ target: before.agent, isLatest: true });

      const { agent } = openAgent(open());
      await agent.initialize();
      expect(textsOf(agent.messages)).toEqual(['one', '1: one', 'two', '2: two']);
      expect(agent.appState.get('mood')).toBe('good');
      await agent.invoke('three');
      expect(textsOf(agent.messages).at(-1)).toBe('3: three');
    });

    test.each(['message', 'invocation', 'trigger'] as const)(
      'saving on %s, an agent goes back to a checkpoint and on from there',
      async (saveLatestOn) => {
        const open = opener();
        const config: SessionManagerConfig = { saveLatestOn, snapshotTrigger: () => true };
        const { agent, sessionManager } = openAgent(open(), config);
        for (const text of ['one', 'two', 'three']) await agent.invoke(text);
        const [first, second, third] = await sessionManager.listSnapshotIds({ target: agent });
        expect(third).toBeDefined();

        const restored = await sessionManager.restoreSnapshot({ target: agent, snapshotId: first! });
        expect(restored).toBe(true);
        expect(textsOf(agent.messages)).toEqual(['one', '1: one']);
        await agent.invoke('instead');

        const after = openAgent(open(), config);
        await after.agent.initialize();
        expect(textsOf(after.agent.messages)).toEqual(['one', '1: one', 'instead', '2: instead']);
        await after.sessionManager.restoreSnapshot({ target: after.agent, snapshotId: second! });
        expect(textsOf(after.agent.messages)).toEqual(['one', '1: one', 'two', '2: two']);
        expect(await after.sessionManager.listSnapshotIds({ target: after.agent })).toHaveLength(4);
      },
    );

    test('a graph of agents is saved, and restored where it was', async () => {
      const open = opener();
      const { graph } = openGraph(open());
      const result = await graph.invoke('topic');
      expect(result.status).toBe('COMPLETED');

      const again = openGraph(open());
      const storage = open();
      await again.graph.initialize();
      expect(await again.sessionManager.restoreSnapshot({ target: again.graph })).toBe(true);
      const agentToo = openAgent(storage);
      await agentToo.agent.invoke('beside it');
      expect(await again.sessionManager.restoreSnapshot({ target: again.graph })).toBe(true);
    });

    test('deleting a session deletes its agents and its graph', async () => {
      const open = opener();
      const { graph } = openGraph(open());
      await graph.invoke('topic');
      const { agent, sessionManager } = openAgent(open(), { snapshotTrigger: () => true });
      await agent.invoke('one');
      await sessionManager.deleteSession();

      const after = openAgent(open());
      await after.agent.initialize();
      expect(after.agent.messages).toEqual([]);
      expect(await after.sessionManager.listSnapshotIds({ target: after.agent })).toEqual([]);
      const graphAfter = openGraph(open());
      expect(await graphAfter.sessionManager.restoreSnapshot({ target: graphAfter.graph })).toBe(false);
    });
  });
}
