import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IndexedDBSessionStoreOptions } from '../../../src/index.js';
import { at, message } from '../../../src/testing/sample-snapshots.js';
import { makeKey } from '../../encryption/keys.js';
import { type Device, openDevice, shown } from './device.js';
import { StandInServer } from './stand-in-server.js';

const SESSIONS = ['s', 't'];
const TITLES = ['A', 'B', 'C'];

/** What is done on one of the devices; numbers choose among what is there. */
const step = fc.record({
  device: fc.nat(2),
  what: fc.constantFrom(
    ...([
      'save',
      'save',
      'save',
      'same id',
      'rewrite',
      'stream',
      'finish',
      'delete',
      'delete session',
    ] as const),
    ...([
      'title',
      'metadata',
      'select',
      'sync',
      'sync',
      'lose answer',
      'compact',
      'undo',
      'clear',
      'copy',
    ] as const),
  ),
  one: fc.nat(20),
  two: fc.nat(20),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A history of devices, in which every text that is saved is another. */
class History {
  readonly server = new StandInServer();
  readonly gone = new Set<string>();
  #count = 0;

  constructor(readonly devices: Device[]) {}

  static async begin(options: IndexedDBSessionStoreOptions[]): Promise<History> {
    const history = new History([]);
    for (const each of options) history.devices.push(await openDevice(history.server, each));
    return history;
  }

  async run({ device: index, what, one, two }: Step): Promise<void> {
    const device = this.devices[index]!;
    const { store } = device;
    this.server.now += 1000;
    if (what === 'sync') return device.sync();
    if (what === 'compact') return store.compact();
    // Rarely, since little is left.
    if (what === 'clear') return one === 0 ? this.#clear(store) : undefined;
    if (what === 'lose answer') {
      const { replica } = await device.local.begin();
      const { lines } = await device.local.collect({ rows: 50, bytes: 1e6 });
      this.server.push(replica, JSON.parse(JSON.stringify(lines)));
      return;
    }
    const sessionId = SESSIONS[one % SESSIONS.length]!;
    const { snapshots } = await store.listSnapshots({ sessionId, limit: 1000 });
    const chosen = snapshots[two % Math.max(1, snapshots.length)];
    const text = `${++this.#count} of ${index}`.padEnd(600, '.');
    const id = `${index}-${this.#count}`;
    const under = async (
      snapshotId: string,
      parentId: string | undefined,
      status: 'completed' | 'pending' = 'completed',
    ) => {
      const parent = parentId === undefined ? undefined : await store.getSnapshot({ snapshotId: parentId });
      const before = (parent?.state?.messages ?? []) as object[];
      await store.saveSnapshot(snapshotId, () => ({
        sessionId,
        createdAt: at(this.#count),
        status,
        ...(parentId !== undefined && { parentId }),
        state: { messages: [...before, message(text)] as never, sessionId },
      }));
    };
    if (what === 'save') return under(id, chosen?.snapshotId);
    if (what === 'same id') {
      const taken = `same ${sessionId} ${one}`;
      // An id that was deleted is nobody's any more.
      if (!this.gone.has(taken) && !(await store.getSnapshot({ snapshotId: taken })))
        await under(taken, chosen?.snapshotId);
    }
    if (what === 'stream') return under(id, chosen?.snapshotId, 'pending');
    if (!chosen) return;
    if (what === 'rewrite' && chosen.status === 'completed') return under(chosen.snapshotId, chosen.parentId);
    if (what === 'finish') {
      const own = snapshots.find(
        ({ snapshotId, status }) => status !== 'completed' && snapshotId.startsWith(`${index}-`),
      );
      if (own) await under(own.snapshotId, own.parentId, one % 2 === 0 ? 'pending' : 'completed');
    }
    if (what === 'delete') {
      this.gone.add(chosen.snapshotId);
      await store.deleteSnapshot(chosen.snapshotId, { subtree: true });
    }
    if (what === 'delete session') {
      for (const { snapshotId } of snapshots) this.gone.add(snapshotId);
      await store.deleteSession(sessionId);
    }
    if (what === 'undo') {
      await store.deleteSession(sessionId, { undoable: 60_000 });
      if (two % 2 === 0) await device.sync();
      await store.restoreSession(sessionId);
    }
    if (what === 'copy') await store.session(sessionId).duplicate();
    if (what === 'title') await store.updateSession(sessionId, { title: TITLES[two % 3]! });
    if (what === 'metadata')
      await store.updateSession(sessionId, {
        metadata: { [TITLES[one % 3]!]: two % 4 === 0 ? undefined : { two } },
      });
    if (what === 'select') await store.selectBranch(chosen.snapshotId);
  }

  async #clear(store: Device['store']): Promise<void> {
    for (const { sessionId } of (await store.listSessions()).sessions)
      for (const { snapshotId } of (await store.listSnapshots({ sessionId, limit: 1000 })).snapshots)
        this.gone.add(snapshotId);
    await store.clear();
  }

  /** Workers end, and everybody syncs until nothing is left. */
  async settle(): Promise<void> {
    for (const { store } of this.devices) {
      for (const sessionId of (await store.listSessions()).sessions.map((session) => session.sessionId)) {
        const { snapshots } = await store.listSnapshots({ sessionId, limit: 1000 });
        for (const { snapshotId, status } of snapshots) {
          const isOwn = snapshotId.startsWith(`${this.devices.findIndex((each) => each.store === store)}-`);
          if (status !== 'completed' && isOwn)
            await store.saveSnapshot(snapshotId, (current) => ({ ...current!, status: 'completed' }));
        }
      }
    }
    for (let round = 0; round < 4; round++) for (const device of this.devices) await device.sync();
  }
}

async function converge(steps: Step[], options: IndexedDBSessionStoreOptions[]): Promise<void> {
  const history = await History.begin(options);
  for (const step of steps) await history.run(step);
  await history.settle();
  const [first, ...others] = history.devices;
  const whole = await shown(first!.store);
  for (const other of others) expect(await shown(other.store)).toEqual(whole);
  for (const { store, local, events } of history.devices) {
    expect((await store.check()).problems).toEqual([]);
    expect((await local.queued()).rows).toBe(0);
    expect(events.filter(({ type }) => type === 'lost')).toEqual([]);
  }
}

const RUNS = Number(process.env['SYNC_RUNS'] ?? 30);
const LENGTH = Number(process.env['SYNC_STEPS'] ?? 25);
const steps = fc.array(step, { minLength: 1, maxLength: LENGTH, size: 'max' });

describe('three devices show the same once they have synced', () => {
  test('whatever they did before', { timeout: 600_000 }, () =>
    fc.assert(
      fc.asyncProperty(steps, (each) => converge(each, [{}, {}, {}])),
      { numRuns: RUNS },
    ),
  );

  test('one of them encrypted, and one with frozen values', { timeout: 600_000 }, async () => {
    const encryption = { key: await makeKey() };
    await fc.assert(
      fc.asyncProperty(steps, (each) => converge(each, [{ encryption }, { frozen: true }, {}])),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });
});
