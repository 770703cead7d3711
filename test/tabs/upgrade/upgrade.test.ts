import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type * as schema from '../../../src/database/schema.js';
import type { HealthEvent, IndexedDBSessionStore } from '../../../src/index.js';
import { save, turn } from '../../../src/testing/sample-snapshots.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { deleteRaw, openRaw, settled } from '../../database/raw-database.js';
import { holdUp, losePatience, pass, stopTime } from '../../faults/patience.js';

// All stores of this file are those of a newer Offshoot. The connections of an older one are raw.
vi.mock(import('../../../src/database/schema.js'), async (original) => {
  const { nextSchema } = await import('./next-schema.js');
  return nextSchema(await original());
});

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A tab of today that has the database open, and does not let go of it when asked to. */
async function openOlder(name: string): Promise<IDBDatabase> {
  const { createSchema, SCHEMA_VERSION } = await vi.importActual<typeof schema>(
    '../../../src/database/schema.js',
  );
  const request = indexedDB.open(name, SCHEMA_VERSION);
  request.onupgradeneeded = () => createSchema(request.result, request.transaction!);
  const database = await settled(request);
  onTestFinished(() => database.close());
  return database;
}

/** Keeps an upgrade waiting, and nothing says why: as when another tab was stopped in the midst of one. */
async function holdUpgrade(name: string): Promise<() => Promise<unknown>> {
  (await openOlder(name)).close();
  return holdUp(name);
}

function openNewer(name: string): { store: IndexedDBSessionStore<any>; health: HealthEvent[] } {
  const health: HealthEvent[] = [];
  return { store: openStore({ name, onHealth: (event) => health.push(event) }), health };
}

const BLOCKED = /^UNAVAILABLE: other tabs .*open\. Close/;
const SILENT = /^UNAVAILABLE: .*did not answer within 10000 ms: a tab .*stopped/;

describe('an older tab does not let go of the database', () => {
  test('the store says at once that it is blocked, and after ten seconds by whom', async () => {
    const name = freshName();
    await openOlder(name);
    const { store, health } = openNewer(name);
    stopTime();
    const outcome = { error: undefined as Error | undefined };
    save(store, 'a', turn(1)).catch((error: Error) => (outcome.error = error));
    await pass(9_000);
    expect(health).toEqual([{ type: 'blocked', database: name }]);
    expect(outcome.error).toBeUndefined();
    await pass(1_500);
    expect(outcome.error?.message).toMatch(BLOCKED);
    expect(health).toHaveLength(1);
  });

  test('when it does at last, the store works, by itself', async () => {
    const name = freshName();
    const older = await openOlder(name);
    const { store } = openNewer(name);
    await losePatience(() => expectRefusal(() => save(store, 'a', turn(1)), 'UNAVAILABLE'));
    older.close();
    await save(store, 'b', turn(2));
    expect((await store.getSession('s'))?.snapshotCount).toBe(1);
  });

  test('what was called before it does is done, if that is in time', async () => {
    const name = freshName();
    const older = await openOlder(name);
    const { store } = openNewer(name);
    stopTime();
    const saving = save(store, 'a', turn(1));
    await pass(9_000);
    older.close();
    vi.useRealTimers();
    expect(await saving).toBe('a');
  });

  test('deleteDatabase says at once that it is blocked, and after ten seconds by whom', async () => {
    const name = freshName();
    const { store, health } = openNewer(name);
    await save(store, 'a', turn(1));
    const holder = await openRaw(name);
    onTestFinished(() => holder.close());
    const error = await losePatience(() => expectRefusal(() => store.deleteDatabase(), 'UNAVAILABLE'));
    expect(error.message).toMatch(/^UNAVAILABLE: other tabs .*open\. Close/);
    expect(health).toEqual([{ type: 'blocked', database: name }]);
  });
});

describe('a database that does not answer, and nobody says why', () => {
  test('the store does not blame tabs that the user could see', async () => {
    const name = freshName();
    const letGo = await holdUpgrade(name);
    const { store, health } = openNewer(name);
    const error = await losePatience(() => expectRefusal(() => save(store, 'a', turn(1)), 'UNAVAILABLE'));
    expect(error.message).toMatch(SILENT);
    expect(health).toEqual([]);
    await letGo();
    await save(store, 'a', turn(1));
  });

  test('another store that comes behind it is told the same', async () => {
    const name = freshName();
    const letGo = await holdUpgrade(name);
    const stores = [openNewer(name).store, openNewer(name).store];
    const errors = await losePatience(() =>
      Promise.all(stores.map((store) => expectRefusal(() => store.getSession('s'), 'UNAVAILABLE'))),
    );
    for (const { message } of errors) expect(message).toMatch(SILENT);
    await letGo();
    for (const store of stores) expect(await store.getSession('s')).toBeUndefined();
  });

  test('what is opened too late is not left open', async () => {
    const name = freshName();
    const letGo = await holdUpgrade(name);
    const open = vi.spyOn(indexedDB, 'open');
    const { store } = openNewer(name);
    await losePatience(() => expectRefusal(() => store.getSession('s'), 'UNAVAILABLE'));
    const late = open.mock.results[0]!.value as IDBOpenDBRequest;
    const opened = settled(late);
    await letGo();
    const database = await opened;
    await expect
      .poll(() => {
        try {
          database.transaction('meta');
          return 'open';
        } catch {
          return 'closed';
        }
      })
      .toBe('closed');
    await deleteRaw(name);
  });

  test('a page that is stopped while it waits leaves no connection open that nobody closes', async () => {
    const page = new EventTarget();
    vi.stubGlobal('document', page);
    vi.stubGlobal('window', page);
    onTestFinished(() => void vi.unstubAllGlobals());
    const name = freshName();
    const letGo = await holdUpgrade(name);
    const { store } = openNewer(name);
    stopTime();
    const first = expectRefusal(() => store.getSession('s'), 'UNAVAILABLE');
    await pass(5_000);
    page.dispatchEvent(new Event('freeze'));
    const second = store.getSession('s');
    await pass(6_000);
    await first;
    vi.useRealTimers();
    await letGo();
    await second;
    await deleteRaw(name);
  });
});
