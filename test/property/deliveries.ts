import { dequal } from 'dequal';
import { expect } from 'vitest';
import type { IndexedDBSessionStore, SessionInfo, SessionSnapshot } from '../../src/index.js';
import { surface, type Model } from './model.js';
import { normal } from './observation.js';

interface Version {
  tab: number;
  snapshot: SessionSnapshot<any>;
}

const revisionOf = (snapshot: SessionSnapshot<any>): number =>
  (snapshot as unknown as { revision: number }).revision;

/** What two tabs were told, held against what was committed. */
export class Deliveries {
  readonly #delivered: Map<string, SessionSnapshot<any>[]>[];
  readonly #committed = new Map<string, Map<number, Version>>();
  readonly #sessions: Map<string, SessionInfo>[];
  #reset = false;

  constructor(stores: readonly IndexedDBSessionStore<any>[], ids: readonly string[]) {
    for (const id of ids) this.#committed.set(id, new Map());
    this.#delivered = stores.map((store) => {
      const delivered = new Map<string, SessionSnapshot<any>[]>();
      for (const id of ids) {
        const snapshots: SessionSnapshot<any>[] = [];
        delivered.set(id, snapshots);
        store.onSnapshotStateChange(id, (snapshot) => void snapshots.push(snapshot));
      }
      return delivered;
    });
    this.#sessions = stores.map((store) => {
      const mirror = new Map<string, SessionInfo>();
      store.onSessionsChange((change) => {
        if (change.type === 'changed') mirror.set(change.sessionId, change.session);
        else if (change.type === 'deleted') mirror.delete(change.sessionId);
        else this.#reset = true;
      });
      return mirror;
    });
  }

  committed(id: string, tab: number, snapshot: SessionSnapshot<any>): void {
    this.#committed.get(id)?.set(revisionOf(snapshot), { tab, snapshot });
  }

  /** A tab hears of its own writes by the time they resolve, and of everything in order, once. */
  expectOwn(): void {
    for (const [tab, delivered] of this.#delivered.entries()) {
      for (const [id, snapshots] of delivered) {
        const committed = this.#committed.get(id)!;
        const revisions = snapshots.map(revisionOf);
        const inOrder = [...new Set(revisions)].sort((a, b) => a - b);
        expect(revisions, `the revisions of ${id} that tab${tab} was told of`).toEqual(inOrder);
        for (const snapshot of snapshots) {
          const stored = committed.get(revisionOf(snapshot))?.snapshot;
          if (stored && dequal(snapshot, surface(stored))) continue;
          expect(snapshot, `what tab${tab} was told of ${id}`).toStrictEqual(stored && surface(stored));
        }
        for (const [revision, { tab: writer }] of committed) {
          if (writer === tab) expect(revisions, `told to tab${tab} of ${id}`).toContain(revision);
        }
      }
    }
  }

  /** In the end every tab knows the last version of each snapshot, and the sessions as they are. */
  async expectAll(model: Model): Promise<void> {
    await expect
      .poll(() => this.#missing(model), {
        timeout: 10_000,
        interval: 2,
        message: 'what the tabs were not told',
      })
      .toEqual([]);
    this.expectOwn();
  }

  async #missing(model: Model): Promise<string[]> {
    const missing: string[] = [];
    for (const [tab, delivered] of this.#delivered.entries()) {
      for (const [id, snapshots] of delivered) {
        const told = snapshots.at(-1);
        const last = model.stored(id);
        if (last && (!told || revisionOf(told) !== revisionOf(last)))
          missing.push(`tab${tab}: revision ${revisionOf(last)} of ${id}`);
      }
    }
    if (this.#reset) return missing;
    const expected = normal((await model.listSessions()).sessions.sort(byId));
    for (const [tab, mirror] of this.#sessions.entries()) {
      const actual = normal([...mirror.values()].sort(byId));
      if (dequal(actual, expected)) continue;
      missing.push(`tab${tab} has the sessions ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
    }
    return missing;
  }
}

const byId = (a: SessionInfo, b: SessionInfo): number => (a.sessionId < b.sessionId ? -1 : 1);
