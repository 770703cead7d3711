import { IndexedDBSessionStore, type SessionSnapshot } from 'offshoot';
import { Chat } from '../workloads/chat.js';
import { dumpRows, loadRows } from './rows.js';

/** What was made or read, in bytes. */
export interface Volume {
  bytes: number;
}

const store = (name: string) => new IndexedDBSessionStore({ name, compaction: false });

let file: Blob | undefined;

async function allSessionIds(of: IndexedDBSessionStore): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await of.listSessions({ limit: 1000, cursor });
    ids.push(...page.sessions.map(({ sessionId }) => sessionId));
    ({ cursor } = page);
  } while (cursor !== undefined);
  return ids;
}

export const steps = {
  /** One conversation is saved turn by turn; the others are copies of it under ids of their own. */
  async fill(sessions: number, turns: number): Promise<Volume> {
    const full = store('full');
    const chat = new Chat('template');
    for (let n = 0; n < turns; n++) {
      const { sessionId, snapshotId, parentId, createdAt, state } = chat.next();
      const snapshot = { sessionId, createdAt, state, ...(parentId !== undefined && { parentId }) };
      await full.saveSnapshot(snapshotId, () => snapshot);
    }
    const template = await new Response(full.exportSessions({ sessionIds: ['template'] })).blob();
    for (let n = 1; n < sessions; n++) {
      await full.importSessions(template.stream(), { onConflict: 'fork' });
    }
    await full.close();
    return { bytes: template.size * sessions };
  },

  async export(): Promise<Volume> {
    const full = store('full');
    file = await new Response(full.exportSessions()).blob();
    await full.close();
    return { bytes: file.size };
  },

  async import(): Promise<Volume> {
    const copy = store('copy');
    const { complete, totals } = await copy.importSessions(file!.stream());
    if (!complete || totals.imported === 0) throw new Error('not everything was imported');
    await copy.close();
    return { bytes: file!.size };
  },

  /** The same rows without knowing what they mean. */
  async 'plain JSON, rows'(): Promise<Volume> {
    file = await dumpRows('full');
    return { bytes: file.size };
  },

  async 'plain JSON, rows put'(): Promise<Volume> {
    await loadRows('rows', file!);
    return { bytes: file!.size };
  },

  /** What one writes without a format: the latest state of every session, and none of the others, as one text. */
  async 'plain JSON, latest states'(): Promise<Volume> {
    const full = store('full');
    const snapshots: (SessionSnapshot | undefined)[] = [];
    for (const sessionId of await allSessionIds(full)) snapshots.push(await full.getSnapshot({ sessionId }));
    file = new Blob([JSON.stringify(snapshots)]);
    await full.close();
    return { bytes: file.size };
  },

  async 'plain JSON, read and saved'(): Promise<Volume> {
    const copy = store('saved');
    const snapshots: SessionSnapshot[] = JSON.parse(await file!.text());
    for (const snapshot of snapshots) await copy.saveSnapshot(snapshot.snapshotId, () => snapshot);
    await copy.close();
    return { bytes: file!.size };
  },

  /** All states as plain JSON would be this large: one session's, times their number. Nobody could hold it. */
  async 'plain JSON, all states (size only)'(): Promise<Volume> {
    const full = store('full');
    const ids = await allSessionIds(full);
    let bytes = 0;
    for (const snapshotId of (await full.getTree(ids[0]!)).nodes.keys()) {
      bytes += JSON.stringify(await full.getSnapshot({ snapshotId })).length;
    }
    await full.close();
    return { bytes: bytes * ids.length };
  },
};
