import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { CheckReport, IndexedDBSessionStore, IndexedDBSessionStoreOptions } from '../../src/index.js';
import { save, turn } from '../../src/testing/sample-snapshots.js';
import { freshName, openStore } from '../stores/open-store.js';
import { withRaw, settled } from '../database/raw-database.js';
import type { LogKey, LogRow } from '../../src/database/schema.js';

type Store = IndexedDBSessionStore<any>;
type State = Record<string, unknown>;

/** A message of about `size` bytes, so that even one of them is not kept inline. */
export const said = (text: string, size = 600): { role: string; content: { text: string }[] } => ({
  role: 'user',
  content: [{ text: `${text} `.padEnd(size, `${text} lorem ipsum `) }],
});

export const conversation = (length: number, prefix = 'm', size?: number) =>
  Array.from({ length }, (_, n) => said(`${prefix}${n}`, size));

/** A store, and what was saved in it: whatever is stored how, every snapshot must read as it was saved. */
export class Chat {
  readonly name: string;
  readonly store: Store;
  readonly #saved = new Map<string, { state: unknown; sessionId: string }>();
  #second = 0;

  constructor(options: IndexedDBSessionStoreOptions = {}) {
    this.name = options.name ?? freshName();
    this.store = this.open(options);
  }

  /** Another tab, which knows nothing of what the others remember. */
  open(options: IndexedDBSessionStoreOptions = {}): Store {
    return openStore({ compaction: false, ...options, name: this.name });
  }

  async save(
    id: string,
    parentId: string | undefined,
    state: State,
    { via = this.store, sessionId = 's' } = {},
  ): Promise<void> {
    const fields = { sessionId, state, ...(parentId !== undefined && { parentId }) };
    await save(via, id, turn(this.#second++ % 50_000, fields));
    this.#saved.set(id, { state: structuredClone(state), sessionId });
  }

  /** Saves a chain of snapshots, `prefix0`, `prefix1`, …, and resolves to the id of the last. */
  async chain(states: State[], prefix = 'n', parentId?: string): Promise<string> {
    let last = parentId;
    for (const [n, state] of states.entries()) {
      await this.save(`${prefix}${n}`, last, state);
      last = `${prefix}${n}`;
    }
    return last!;
  }

  forget(...ids: string[]): void {
    for (const id of ids) expect(this.#saved.delete(id), `${id} was saved`).toBe(true);
  }

  forgetSession(sessionId: string): void {
    for (const [id, saved] of this.#saved) if (saved.sessionId === sessionId) this.#saved.delete(id);
  }

  /** Everything saved reads back, with a warm cache and with a cold one, and the database is in order. */
  async expectWhole(): Promise<CheckReport> {
    for (const store of [this.store, this.open()]) {
      for (const [snapshotId, { state }] of this.#saved) {
        const snapshot = await store.getSnapshot({ snapshotId });
        // Vitest compares bytes one by one.
        if (isDeepStrictEqual(snapshot?.state, state)) continue;
        expect(snapshot?.state, `${snapshotId} as it reads`).toStrictEqual(state);
      }
    }
    const report = await this.open().check();
    expect(report.problems).toEqual([]);
    expect(report.snapshots).toBe(this.#saved.size);
    return report;
  }

  /** How many entries are stored, all being well. */
  async entries(): Promise<number> {
    return (await this.expectWhole()).entries;
  }
}

/** The keys of the rows of all logs. */
export function logKeys(name: string): Promise<LogKey[]> {
  return withRaw(name, (transaction) => settled(transaction.objectStore('logs').getAllKeys())) as Promise<
    LogKey[]
  >;
}

/** Changes the first row of the logs, or the one whose key is given; `undefined` deletes it. */
export async function spoilLogRow(
  name: string,
  spoil: (row: LogRow) => unknown,
  key?: LogKey,
): Promise<LogKey> {
  return withRaw(name, async (transaction) => {
    const logs = transaction.objectStore('logs');
    const target = key ?? ((await settled(logs.getAllKeys()))[0] as LogKey);
    const row = spoil((await settled(logs.get(target))) as LogRow);
    if (row === undefined) logs.delete(target);
    else logs.put(row, target);
    return target;
  });
}
