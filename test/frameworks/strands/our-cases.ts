import { StorageError } from '@strands-agents/sdk';
import { describe, expect, test } from 'vitest';
import type { IndexedDBSessionStore } from '../../../src/index.js';
import { OffshootSnapshotStorage, OffshootStorage } from '../../../src/adapters/strands/index.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { describeAgents, openAgent } from './agent-cases.js';
import { textsOf } from './mock-model.js';
import { describeSnapshotStorage, snapshotOf, uuid } from './snapshot-storage-cases.js';
import { describeStorage } from './storage-cases.js';

const location = { sessionId: 'trip', scope: 'agent', scopeId: 'helper' } as const;
const latest = { location, snapshotId: 'latest', isLatest: true };
const checkpoint = (n: number) => ({ location, snapshotId: uuid(n), isLatest: false });

/** The branches' texts, the newest branch first. */
async function leavesOf(store: IndexedDBSessionStore<any>): Promise<string[][]> {
  const leaves = await store.getLeaves('trip');
  const states = await Promise.all(leaves.map(({ snapshotId }) => store.getSnapshot({ snapshotId })));
  return states.map((each) => textsOf(each!.state!.messages));
}

/** What our storages do, in Node and in browsers: the SDK's own cases, and what only they can. */
export function describeOurs(): void {
  describeSnapshotStorage('ours', () => new OffshootSnapshotStorage(openStore()));
  describeSnapshotStorage(
    'ours, with a history',
    () => new OffshootSnapshotStorage(openStore(), { history: 2 }),
  );
  describeStorage('ours', () => new OffshootStorage(openStore()));
  describeStorage('ours, with a history', () => new OffshootStorage(openStore(), { history: 2 }));
  describeAgents('ours, SnapshotStorage', () => {
    const name = freshName();
    return () => ({ snapshot: new OffshootSnapshotStorage(openStore({ name })) });
  });
  describeAgents('ours, Storage', () => {
    const name = freshName();
    return () => new OffshootStorage(openStore({ name }));
  });
  describeAgents('ours, with a history', () => {
    const name = freshName();
    return () => ({ snapshot: new OffshootSnapshotStorage(openStore({ name }), { history: 5 }) });
  });

  describe('in an Offshoot store', () => {
    test('checkpoints continue one another, and going back begins a branch', async () => {
      const store = openStore();
      const storage = { snapshot: new OffshootSnapshotStorage(store) };
      const { agent, sessionManager } = openAgent(storage, { snapshotTrigger: () => true });
      for (const text of ['one', 'two']) await agent.invoke(text);
      const [first] = await sessionManager.listSnapshotIds({ target: agent });
      await sessionManager.restoreSnapshot({ target: agent, snapshotId: first! });
      await agent.invoke('instead');

      expect(await leavesOf(store)).toEqual([
        ['one', '1: one', 'instead', '2: instead'],
        ['one', '1: one', 'two', '2: two'],
      ]);
      const { snapshotId } = (await store.getHead('trip'))!;
      const history = await store.getHistory(snapshotId);
      expect(history.map((each) => each.snapshotId.split('/').slice(4).join('/'))).toEqual([
        `checkpoint/${first}`,
        expect.stringMatching(/^checkpoint\//),
        'latest',
      ]);
    });

    test.each(['invocation', 'trigger'] as const)(
      'saving on %s, messages are stored once for latest and all checkpoints',
      async (saveLatestOn) => {
        const store = openStore({ compaction: false });
        const storage = { snapshot: new OffshootSnapshotStorage(store) };
        const { agent } = openAgent(storage, { saveLatestOn, snapshotTrigger: () => true });
        const long = 'x'.repeat(20_000);
        for (let turn = 0; turn < 6; turn++) await agent.invoke(`${turn} ${long}`);
        const { sessions } = await store.storage();
        // Six turns: a question and an answer, which repeats it.
        expect(sessions[0]!.bytes).toBeGreaterThan(12 * 20_000);
        expect(sessions[0]!.bytes).toBeLessThan(13 * 20_000);
      },
    );

    test('a session of one of our storages is the same session for the other', async () => {
      const name = freshName();
      const before = openAgent({ snapshot: new OffshootSnapshotStorage(openStore({ name })) });
      await before.agent.invoke('one');
      const { agent } = openAgent(new OffshootStorage(openStore({ name })));
      await agent.invoke('two');
      const after = openAgent({ snapshot: new OffshootSnapshotStorage(openStore({ name })) });
      await after.agent.initialize();
      expect(textsOf(after.agent.messages)).toEqual(['one', '1: one', 'two', '2: two']);
    });

    test('the SDK takes a namespace as it is, and sessions of two namespaces are two', async () => {
      const store = openStore();
      const storage = new OffshootStorage(store);
      for (const each of [storage, storage.namespace('tenant')]) {
        const { agent } = openAgent(each);
        await agent.invoke('one');
        expect(textsOf(agent.messages)).toEqual(['one', '1: one']);
      }
      const { sessions } = await store.listSessions();
      expect(new Set(sessions.map(({ sessionId }) => sessionId))).toEqual(new Set(['trip', '/tenant/trip']));
    });

    test('without a history latest is overwritten, and the session has one snapshot', async () => {
      const store = openStore();
      const storage = new OffshootSnapshotStorage(store);
      for (const texts of [['a'], ['a', 'b'], ['c']]) {
        await storage.saveSnapshot({ ...latest, snapshot: snapshotOf(texts) });
      }
      expect(await leavesOf(store)).toEqual([['c']]);
      expect((await store.getTree('trip')).nodes.size).toBe(1);
    });

    test('with a history, so many overwritten ones are kept, and all checkpoints', async () => {
      const store = openStore();
      const storage = new OffshootSnapshotStorage(store, { history: 2 });
      const texts: string[] = [];
      for (let turn = 0; turn < 6; turn++) {
        texts.push(`turn ${turn}`);
        await storage.saveSnapshot({ ...latest, snapshot: snapshotOf(texts) });
        if (turn < 3) await storage.saveSnapshot({ ...checkpoint(turn), snapshot: snapshotOf(texts) });
      }
      const ids = [...(await store.getTree('trip')).nodes.keys()].map((id) => id.split('/')[4]);
      expect(ids.filter((kind) => kind === 'overwritten')).toHaveLength(2);
      expect(ids.filter((kind) => kind === 'checkpoint')).toHaveLength(3);
      const history = await store.getHistory((await store.getHead('trip'))!.snapshotId);
      const states = await Promise.all(history.map(({ snapshotId }) => store.getSnapshot({ snapshotId })));
      expect(states.map((each) => textsOf(each!.state!.messages).length)).toEqual([1, 2, 3, 4, 5, 6]);
      expect((await store.check()).problems).toEqual([]);
    });

    test('with a history, two tabs that go on from one state make two branches', async () => {
      const name = freshName();
      const store = openStore({ name });
      const open = () => new OffshootSnapshotStorage(openStore({ name }), { history: 10 });
      const [left, right] = [open(), open()];
      await left.saveSnapshot({ ...latest, snapshot: snapshotOf(['question']) });
      await right.loadSnapshot({ location });
      await left.saveSnapshot({ ...latest, snapshot: snapshotOf(['question', 'left']) });
      await right.saveSnapshot({ ...latest, snapshot: snapshotOf(['question', 'right']) });
      expect(await leavesOf(store)).toEqual([
        ['question', 'right'],
        ['question', 'left'],
      ]);
      expect((await store.getTree('trip')).roots).toHaveLength(1);
    });

    test('tabs that save at the same time, with a history, lose nothing of one another', async () => {
      const name = freshName();
      const store = openStore({ name });
      const tabs = ['a', 'b', 'c'].map((text) => ({
        text,
        storage: new OffshootSnapshotStorage(openStore({ name }), { history: 20 }),
      }));
      await Promise.all(
        tabs.map(async ({ text, storage }) => {
          for (const n of [1, 2, 3]) {
            await storage.saveSnapshot({ ...latest, snapshot: snapshotOf([`${text}${n}`]) });
          }
        }),
      );
      const ids = [...(await store.getTree('trip')).nodes.keys()];
      const states = await Promise.all(ids.map((snapshotId) => store.getSnapshot({ snapshotId })));
      const texts = new Set(states.map((each) => textsOf(each!.state!.messages)[0]));
      expect(texts).toEqual(new Set(['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3']));
    });

    test('operations take effect in the order of their calls, whether or not somebody waits', async () => {
      const storage = new OffshootStorage(openStore());
      const snapshots = new OffshootSnapshotStorage(openStore());
      const one = new Uint8Array([1]);
      await Promise.all([storage.write('k/a', one), storage.delete('k/a'), storage.write('k/b', one)]);
      expect(await storage.list('k/')).toEqual(['k/b']);

      void snapshots.saveSnapshot({ ...latest, snapshot: snapshotOf(['old']) });
      void snapshots.saveSnapshot({ ...checkpoint(1), snapshot: snapshotOf(['old']) });
      expect(await snapshots.listSnapshotIds({ location })).toEqual([uuid(1)]);
      void snapshots.saveSnapshot({ ...latest, snapshot: snapshotOf(['new']) });
      void snapshots.deleteSession({ sessionId: 'trip' });
      expect(await snapshots.loadSnapshot({ location })).toBeNull();
    });

    test('an encrypted store keeps agents as well', async () => {
      const algorithm = { name: 'AES-GCM', length: 256 };
      const key = await crypto.subtle.generateKey(algorithm, false, ['encrypt', 'decrypt']);
      const name = freshName();
      const open = () => new OffshootStorage(openStore({ name, encryption: { key } }), { history: 2 });
      const before = openAgent(open(), { snapshotTrigger: () => true });
      await before.agent.invoke('one');
      await before.agent.invoke('two');
      const after = openAgent(open());
      await after.agent.initialize();
      expect(textsOf(after.agent.messages)).toEqual(['one', '1: one', 'two', '2: two']);
      expect(await after.sessionManager.listSnapshotIds({ target: after.agent })).toHaveLength(2);
    });

    test('with a history, overwritten bytes that are no snapshot are kept as well', async () => {
      const store = openStore();
      const storage = new OffshootStorage(store, { history: 5 });
      const key = 'session/trip/scopes/agent/helper/snapshots/snapshot_latest.json';
      for (const text of ['one', 'two']) await storage.write(key, new TextEncoder().encode(text));
      expect((await store.getTree('trip')).nodes.size).toBe(2);
      expect(await storage.list('')).toEqual([key]);
      await storage.delete(key);
      expect((await store.getTree('trip')).nodes.size).toBe(0);
    });

    test('a checkpoint that a crash left under latest can be gone back to', async () => {
      const store = openStore();
      const storage = new OffshootSnapshotStorage(store);
      await storage.saveSnapshot({ ...latest, snapshot: snapshotOf(['one']) });
      await storage.saveSnapshot({ ...checkpoint(1), snapshot: snapshotOf(['one']) });
      const scope = 'trip/scopes/agent/helper';
      const id = `${scope}/checkpoint/${uuid(1)}`;
      await store.saveSnapshot(id, (row) => ({ ...row!, parentId: `${scope}/latest` }));

      await storage.loadSnapshot({ location, snapshotId: uuid(1) });
      await storage.saveSnapshot({ ...latest, snapshot: snapshotOf(['one', 'two']) });
      const history = await store.getHistory(`${scope}/latest`);
      expect(history.map(({ snapshotId }) => snapshotId)).toEqual([id, `${scope}/latest`]);
      expect(await leavesOf(store)).toEqual([['one', 'two']]);
    });

    test('a manifest is not taken for the conversation', async () => {
      const store = openStore();
      const storage = new OffshootSnapshotStorage(store);
      await storage.saveSnapshot({ ...latest, snapshot: snapshotOf(['Hi']) });
      await storage.saveManifest({ location, manifest: { schemaVersion: '1.0', updatedAt: 'now' } });
      const shown = await store.getSnapshot({ sessionId: 'trip' });
      expect(textsOf(shown!.state!.messages)).toEqual(['Hi']);
    });

    test("errors have the SDK's names, and the store's error as their cause", async () => {
      const store = openStore();
      const snapshots = new OffshootSnapshotStorage(store);
      const bytes = new OffshootStorage(store);
      await expect(
        snapshots.saveSnapshot({ ...latest, snapshot: { ...snapshotOf([]), data: [] as never } }),
      ).rejects.toMatchObject({ name: 'SessionError', cause: { path: 'snapshot.data' } });
      await expect(snapshots.loadSnapshot({ location: { ...location, scopeId: 'A' } })).rejects.toMatchObject(
        { name: 'Error', cause: { path: 'location.scopeId' } },
      );
      await expect(bytes.write('key', 'text' as never)).rejects.toMatchObject({
        name: 'StorageError',
        cause: { status: 'INVALID_ARGUMENT', path: 'data' },
      });
      await bytes.write(
        'session/trip/scopes/agent/helper/snapshots/snapshot_latest.json',
        new TextEncoder().encode('{'),
      );
      await expect(snapshots.loadSnapshot({ location })).rejects.toMatchObject({
        name: 'SessionError',
        cause: expect.any(SyntaxError),
      });
      await store.close();
      await expect(snapshots.loadSnapshot({ location })).rejects.toMatchObject({
        name: 'SessionError',
        cause: { status: 'FAILED_PRECONDITION' },
      });
      const refusal: unknown = await bytes.read('key').catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StorageError);
      expect(refusal).toMatchObject({ name: 'StorageError', cause: { status: 'FAILED_PRECONDITION' } });
      expect(() => new OffshootStorage({} as never)).toThrow(/IndexedDBSessionStore/);
      expect(() => new OffshootSnapshotStorage(store, { history: 0 })).toThrow(/options\.history/);
    });
  });
}
