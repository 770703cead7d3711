import type { Snapshot, SnapshotLocation, SnapshotStorage } from '@strands-agents/sdk';
import { describe, expect, test } from 'vitest';

/** UUIDs of version 7, in order. */
export const uuid = (n: number) => `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

const location: SnapshotLocation = { sessionId: 'trip', scope: 'agent', scopeId: 'helper' };

export const message = (text: string) => ({ role: 'user', content: [{ text }] });

export function snapshotOf(texts: string[], rest: Partial<Snapshot> = {}): Snapshot {
  return {
    scope: 'agent',
    schemaVersion: '1.0',
    createdAt: '2026-01-01T00:00:00.000Z',
    data: { messages: texts.map(message), state: { mood: 'good' }, systemPrompt: null },
    appData: { title: 'T' },
    ...rest,
  };
}

/** What the SDK's `SnapshotStorage` promises, for its own implementations and for ours. */
export function describeSnapshotStorage(name: string, open: () => SnapshotStorage): void {
  const save = (storage: SnapshotStorage, texts: string[], at = location) =>
    storage.saveSnapshot({
      location: at,
      snapshotId: 'latest',
      isLatest: true,
      snapshot: snapshotOf(texts),
    });
  const checkpoint = (storage: SnapshotStorage, n: number, texts = [`at ${n}`], at = location) =>
    storage.saveSnapshot({
      location: at,
      snapshotId: uuid(n),
      isLatest: false,
      snapshot: snapshotOf(texts),
    });

  describe(`SnapshotStorage: ${name}`, () => {
    test('the latest snapshot comes back as it was saved last', async () => {
      const storage = open();
      expect(await storage.loadSnapshot({ location })).toBeNull();
      await save(storage, ['one']);
      await save(storage, ['one', 'two']);
      expect(await storage.loadSnapshot({ location })).toEqual(snapshotOf(['one', 'two']));
    });

    test('a checkpoint comes back whatever happened since', async () => {
      const storage = open();
      await save(storage, ['one']);
      await checkpoint(storage, 1, ['one']);
      await save(storage, ['something', 'else']);
      await checkpoint(storage, 2, ['something']);
      const load = (n: number) => storage.loadSnapshot({ location, snapshotId: uuid(n) });
      expect(await load(1)).toEqual(snapshotOf(['one']));
      expect(await load(2)).toEqual(snapshotOf(['something']));
      expect(await load(3)).toBeNull();
      expect(await storage.loadSnapshot({ location })).toEqual(snapshotOf(['something', 'else']));
    });

    test('unknown fields and data of every kind come back', async () => {
      const storage = open();
      const snapshot = {
        ...snapshotOf([]),
        later: [1, { a: null }],
        data: { messages: null, list: [1, 2, 3], '': 'x', 'data.messages': 1, nested: { messages: [] } },
        appData: {},
      };
      await storage.saveSnapshot({ location, snapshotId: uuid(1), isLatest: false, snapshot });
      expect(await storage.loadSnapshot({ location, snapshotId: uuid(1) })).toEqual(snapshot);
    });

    test('functions and undefined values are left out, as JSON leaves them out', async () => {
      const storage = open();
      const data = { messages: [], state: { gone: undefined, run: () => {}, kept: 1 } } as never;
      await storage.saveSnapshot({
        location,
        snapshotId: 'latest',
        isLatest: true,
        snapshot: snapshotOf([], { data }),
      });
      const loaded = await storage.loadSnapshot({ location });
      expect(loaded!.data).toEqual({ messages: [], state: { kept: 1 } });
    });

    test('ids of checkpoints are listed in order, in pages, and latest is none of them', async () => {
      const storage = open();
      expect(await storage.listSnapshotIds({ location })).toEqual([]);
      await save(storage, ['latest']);
      for (const n of [3, 1, 4, 2, 5]) await checkpoint(storage, n);
      const ids = [1, 2, 3, 4, 5].map(uuid);
      expect(await storage.listSnapshotIds({ location })).toEqual(ids);
      expect(await storage.listSnapshotIds({ location, limit: 2 })).toEqual(ids.slice(0, 2));
      expect(await storage.listSnapshotIds({ location, limit: 2, startAfter: ids[1]! })).toEqual(
        ids.slice(2, 4),
      );
      expect(await storage.listSnapshotIds({ location, startAfter: ids[4]! })).toEqual([]);
      expect(await storage.listSnapshotIds({ location, limit: 0 })).toEqual([]);
      // A cursor need not be there any more.
      expect(await storage.listSnapshotIds({ location, startAfter: uuid(0) })).toEqual(ids);
    });

    test('more than a thousand checkpoints are listed, page by page', async () => {
      const storage = open();
      await Promise.all(Array.from({ length: 1234 }, (_, n) => checkpoint(storage, n)));
      const ids: string[] = [];
      for (;;) {
        const startAfter = ids.at(-1);
        const page = await storage.listSnapshotIds({
          location,
          limit: 500,
          ...(startAfter !== undefined && { startAfter }),
        });
        if (page.length === 0) break;
        ids.push(...page);
      }
      expect(ids).toEqual(Array.from({ length: 1234 }, (_, n) => uuid(n)));
      expect(await storage.loadSnapshot({ location, snapshotId: uuid(1200) })).toEqual(
        snapshotOf(['at 1200']),
      );
    });

    test('scopes and sessions have nothing to do with one another', async () => {
      const storage = open();
      const places: SnapshotLocation[] = [
        location,
        { ...location, scope: 'multiAgent' },
        { ...location, scopeId: 'helper-2' },
        { ...location, sessionId: 'trip-2' },
      ];
      for (const [n, at] of places.entries()) {
        await save(storage, [`latest ${n}`], at);
        await checkpoint(storage, n, [`at ${n}`], at);
      }
      for (const [n, at] of places.entries()) {
        expect(await storage.loadSnapshot({ location: at })).toEqual(snapshotOf([`latest ${n}`]));
        expect(await storage.listSnapshotIds({ location: at })).toEqual([uuid(n)]);
      }
    });

    test('deleting a session deletes all its scopes and no other session', async () => {
      const storage = open();
      const other = { ...location, sessionId: 'trip-2' };
      const graph: SnapshotLocation = { ...location, scope: 'multiAgent' };
      const manifest = { schemaVersion: '9', updatedAt: '2026-01-01T00:00:00.000Z' };
      for (const at of [location, graph, other]) {
        await save(storage, ['latest'], at);
        await checkpoint(storage, 1, ['one'], at);
        await storage.saveManifest({ location: at, manifest });
      }
      await storage.deleteSession({ sessionId: 'trip' });
      for (const at of [location, graph]) {
        expect(await storage.loadSnapshot({ location: at })).toBeNull();
        expect(await storage.listSnapshotIds({ location: at })).toEqual([]);
        expect((await storage.loadManifest({ location: at })).schemaVersion).toBe('1.0');
      }
      expect(await storage.listSnapshotIds({ location: other })).toEqual([uuid(1)]);
      await storage.deleteSession({ sessionId: 'never-there' });
    });

    test('a manifest comes back, and where there is none, one of now', async () => {
      const storage = open();
      const before = new Date().toISOString();
      const fallback = await storage.loadManifest({ location });
      expect(fallback.schemaVersion).toBe('1.0');
      expect(fallback.updatedAt >= before).toBe(true);
      const manifest = { schemaVersion: '1.1', updatedAt: '2026-01-01T00:00:00.000Z', more: [1] };
      await storage.saveManifest({ location, manifest: { schemaVersion: '1.0', updatedAt: before } });
      await storage.saveManifest({ location, manifest });
      expect(await storage.loadManifest({ location })).toEqual(manifest);
      expect(await storage.listSnapshotIds({ location })).toEqual([]);
      expect(await storage.loadSnapshot({ location })).toBeNull();
    });

    test('identifiers that are none are refused, with a plain Error', async () => {
      const storage = open();
      const refused = (promise: Promise<unknown>) => expect(promise).rejects.toMatchObject({ name: 'Error' });
      for (const bad of ['', 'Trip', 'a/b', '..', 'ä', 'a b']) {
        await refused(storage.loadSnapshot({ location: { ...location, sessionId: bad } }));
        await refused(storage.listSnapshotIds({ location: { ...location, scopeId: bad } }));
        await refused(storage.loadSnapshot({ location, snapshotId: bad }));
        await refused(storage.deleteSession({ sessionId: bad }));
      }
      await refused(storage.loadManifest({ location: { ...location, scope: 'nobody' as never } }));
      await refused(storage.listSnapshotIds({ location, startAfter: 'no-uuid' }));
      await refused(
        storage.saveSnapshot({ location, snapshotId: 'A', isLatest: false, snapshot: snapshotOf([]) }),
      );
    });

    test('what JSON cannot hold is refused with a SessionError that has a cause', async () => {
      const storage = open();
      const data = { messages: [], state: 1n } as never;
      const snapshot = snapshotOf([], { data });
      await expect(
        storage.saveSnapshot({ location, snapshotId: 'latest', isLatest: true, snapshot }),
      ).rejects.toMatchObject({ name: 'SessionError', cause: expect.any(Error) });
      expect(await storage.loadSnapshot({ location })).toBeNull();
    });
  });
}
