import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test } from 'vitest';
import { at, save, turn } from '../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../assertions/expect-refusal.js';
import { freshName, openStore } from '../stores/open-store.js';

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('what a session says of itself', () => {
  test('how many snapshots it has, when the earliest was created and the latest written', async () => {
    const store = openStore();
    await save(store, 'b', turn(20));
    await save(store, 'a', turn(10, { updatedAt: at(30) }));
    await save(store, 'c', turn(25, { parentId: 'b' }));
    expect(await store.getSession('s')).toEqual({
      sessionId: 's',
      createdAt: at(10),
      updatedAt: at(30),
      snapshotCount: 3,
    });
    expect((await store.listSessions()).sessions).toEqual([await store.getSession('s')]);
  });

  test('a rewrite counts once, whatever it changes', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await save(store, 'a', turn(2, { updatedAt: at(9), status: 'failed', parentId: 'x' }));
    await save(store, 'a', { createdAt: at(2) });
    expect(await store.getSession('s')).toMatchObject({
      snapshotCount: 1,
      createdAt: at(1),
      updatedAt: at(9),
    });
  });

  test('the times are those ever saved: deleting a snapshot takes none of them back', async () => {
    const store = openStore();
    await save(store, 'early', turn(1));
    await save(store, 'middle', turn(5));
    await save(store, 'late', turn(9));
    await store.deleteSnapshot('early');
    await store.deleteSnapshot('late');
    expect(await store.getSession('s')).toMatchObject({
      snapshotCount: 1,
      createdAt: at(1),
      updatedAt: at(9),
    });
  });

  test('times with offsets are compared as instants', async () => {
    const store = openStore();
    await save(store, 'a', turn(0, { createdAt: '2026-01-01T09:00:00+09:00' }));
    await save(store, 'b', turn(0, { createdAt: '2025-12-31T20:00:00-05:00' }));
    expect(await store.getSession('s')).toMatchObject({
      createdAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T01:00:00.000Z',
    });
  });

  test('it is gone with its last snapshot, and begins anew with the next', async () => {
    const store = openStore();
    await save(store, 'a', turn(5));
    await store.updateSession('s', { title: 'Old', metadata: { old: true } });
    await store.selectBranch('a');
    expect(await store.deleteSnapshot('a')).toBe(1);
    expect(await store.getSession('s')).toBeUndefined();
    expect((await store.listSessions()).sessions).toEqual([]);
    expect(await store.getHead('s')).toBeUndefined();

    await save(store, 'b', turn(7));
    expect(await store.getSession('s')).toEqual({
      sessionId: 's',
      createdAt: at(7),
      updatedAt: at(7),
      snapshotCount: 1,
    });
  });

  test('a snapshot of no session makes none; when it joins one it counts', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { sessionId: undefined }));
    expect((await store.listSessions()).sessions).toEqual([]);
    await save(store, 'a', turn(1));
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
  });

  test('a save that fails makes no session', async () => {
    const store = openStore();
    await expectRefusal(() => save(store, 'a', turn(1, { state: { custom: () => 0 } })), 'INVALID_ARGUMENT');
    await store.saveSnapshot('a', () => null);
    expect(await store.listSessions()).toEqual({ sessions: [], damaged: [] });
  });

  test('deleting one leaves the others as they are', async () => {
    const store = openStore();
    for (const sessionId of ['s', 'ss', 's/', 'S']) {
      await save(store, `${sessionId}-1`, turn(1, { sessionId }));
      await save(store, `${sessionId}-2`, turn(2, { sessionId, parentId: `${sessionId}-1` }));
    }
    expect(await store.deleteSession('s')).toBe(2);
    expect(await store.deleteSession('s')).toBe(0);
    for (const sessionId of ['ss', 's/', 'S']) {
      expect((await store.getSession(sessionId))?.snapshotCount).toBe(2);
      expect((await store.getSnapshot({ sessionId }))?.snapshotId).toBe(`${sessionId}-2`);
    }
  });
});

describe('updateSession', () => {
  test('sets a title, changes it and removes it', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    expect(await store.updateSession('s', { title: 'One' })).toMatchObject({ title: 'One' });
    expect(await store.updateSession('s', { metadata: { x: 1 } })).toMatchObject({ title: 'One' });
    expect(await store.updateSession('s', { title: 'Two' })).toMatchObject({ title: 'Two' });
    const without = await store.updateSession('s', { title: undefined });
    expect(without).not.toHaveProperty('title');
    expect(await store.getSession('s')).toEqual(without);
  });

  test('merges metadata key by key, and removes those set to undefined', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await store.updateSession('s', { metadata: { pinned: true, colour: 'red', tags: { a: 1, b: 2 } } });
    await store.updateSession('s', { metadata: { colour: 'blue', tags: { c: 3 } } });
    const merged = await store.updateSession('s', { metadata: { pinned: undefined, unknown: undefined } });
    expect(merged.metadata).toStrictEqual({ colour: 'blue', tags: { c: 3 } });
    expect((await store.getSession('s'))?.metadata).toStrictEqual({ colour: 'blue', tags: { c: 3 } });
  });

  test('keeps what the patch does not mention, and an empty patch changes nothing', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const full = await store.updateSession('s', { title: 'T', metadata: { x: 1 } });
    expect(await store.updateSession('s', {})).toEqual(full);
    expect(await store.updateSession('s', { metadata: {} })).toEqual(full);
    expect(await store.updateSession('s', { metadata: undefined })).toEqual(full);
  });

  test('is no activity: the order of the list stays', async () => {
    const store = openStore();
    await save(store, 'a', turn(1, { sessionId: 'old' }));
    await save(store, 'b', turn(2, { sessionId: 'new' }));
    const updated = await store.updateSession('old', { title: 'T' });
    expect(updated.updatedAt).toBe(at(1));
    expect((await store.listSessions()).sessions.map(({ sessionId }) => sessionId)).toEqual(['new', 'old']);
  });

  test('survives saves, rewrites and deletes in the session', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    await store.updateSession('s', { title: 'T', metadata: { x: 1 } });
    await save(store, 'b', turn(2, { parentId: 'a' }));
    await save(store, 'a', turn(1, { status: 'failed' }));
    await store.deleteSnapshot('b');
    expect(await store.getSession('s')).toMatchObject({ title: 'T', metadata: { x: 1 }, snapshotCount: 1 });
  });

  test('of two stores at once loses neither’s keys', async () => {
    const name = freshName();
    const stores = [openStore({ name }), openStore({ name })];
    await save(stores[0]!, 'a', turn(1));
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        stores[n % 2]!.updateSession('s', { metadata: { [`key${n}`]: n } }),
      ),
    );
    const { metadata } = (await stores[0]!.getSession('s'))!;
    expect(Object.keys(metadata!)).toHaveLength(20);
  });

  test('metadata may be anything that can be cloned, and comes back so', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const metadata = {
      date: new Date(0),
      map: new Map([[1, new Set(['x'])]]),
      bytes: Uint8Array.of(1, 2),
      none: null,
    };
    expect((await store.updateSession('s', { metadata })).metadata).toEqual(metadata);
    expect((await store.getSession('s'))?.metadata).toEqual(metadata);
  });

  test('what it returns, and what a read returns, is a copy', async () => {
    const store = openStore();
    await save(store, 'a', turn(1));
    const updated = await store.updateSession('s', { metadata: { list: [1] } });
    (updated.metadata!['list'] as number[]).push(2);
    const read = await store.getSession('s');
    expect(read?.metadata).toEqual({ list: [1] });
    (read!.metadata!['list'] as number[]).push(3);
    expect((await store.listSessions()).sessions[0]?.metadata).toEqual({ list: [1] });
  });
});
