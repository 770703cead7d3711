import type { SessionRow, SnapshotRow } from '../../database/schema.js';
import { logsOf } from '../../database/spans.js';
import type { Changing } from './changing.js';
import { takeListed } from './listed.js';
import type { SyncEvent } from './events.js';
import { rename } from './rewrite.js';

/** Gives new ids to what is here, once somebody else has the old ones. */
export class Losing {
  readonly events: SyncEvent[] = [];

  constructor(
    readonly changing: Changing,
    readonly newId: () => string,
  ) {}

  /** Makes a snapshot the sibling of the one that has its id. What continues it here and was never pushed follows. */
  async snapshot(row: SnapshotRow): Promise<void> {
    const { changing } = this;
    const session = await changing.session(row.sessionId);
    if (!session) return;
    const newId = this.newId();
    const unpushed = new Set<string>();
    for (const { id } of await changing.snapshotsOf(session.id))
      if (typeof (await changing.noted('snapshot', id)) === 'number') unpushed.add(id);
    const renaming = { ids: new Map([[row.id, newId]]), follows: ({ id }: SnapshotRow) => unpushed.has(id) };
    const renamed = await rename(changing, session, renaming);
    changing.put(await changing.recounted(renamed));
    this.events.push({ type: 'renamed', sessionId: session.id, snapshotId: row.id, id: newId });
  }

  /** Gives a session another id, since another session has this one. */
  async session(session: SessionRow, newId = this.newId()): Promise<void> {
    const { changing } = this;
    const renamed = await rename(changing, session, { sessionId: newId });
    const noted = await changing.noted('session', session.id);
    await changing.unnote('session', session.id);
    if (noted !== undefined || session.incarnation === undefined)
      await changing.note('session', newId, renamed.saved);
    const known = session.incarnation && (await changing.known.get('session', session.incarnation));
    if (known) await changing.known.put('session', session.incarnation!, { ...known, session: newId });
    changing.end(session);
    changing.put(await changing.recounted(renamed));
    this.events.push({ type: 'session-renamed', sessionId: session.id, id: newId });
  }

  /**
   * A session was deleted elsewhere, by somebody who saw it up to `saw`. What was not pushed of it, and what was pushed from
   * here and not seen, goes into a new one, with all that it continues, under new ids; everything else goes.
   */
  async deleted(incarnation: string, id: string | undefined, saw = Infinity): Promise<void> {
    const { changing } = this;
    const before = await changing.known.get('session', incarnation);
    const sessionId = before?.session ?? id ?? '';
    const gone = {
      pulled: 0,
      behind: 0,
      updatedMs: 0,
      ...before,
      session: sessionId,
      deleted: true as const,
    };
    delete gone.unsaid;
    await changing.known.put('session', incarnation, gone);
    await changing.unnote('gone', incarnation);
    await takeListed(changing, incarnation);
    const session = await changing.incarnated(incarnation, sessionId);
    if (!session) return;
    const rows = await changing.snapshotsOf(session.id);
    const kept = new Set<SnapshotRow>();
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const row of rows) {
      const isUnpushed = typeof (await changing.noted('snapshot', row.id)) === 'number';
      const pushed = await changing.known.get('snapshot', row.id);
      if (!isUnpushed && !(pushed?.mine && pushed.seq > saw)) continue;
      for (let each: SnapshotRow | undefined = row; each && !kept.has(each);) {
        kept.add(each);
        each = byId.get(each.info.parentId ?? '');
      }
    }
    await changing.remove(
      session.id,
      rows.filter((row) => !kept.has(row)),
    );
    await changing.unnote('session', session.id);
    changing.end(session);
    if (kept.size === 0) return void this.events.push({ type: 'deleted', sessionId: session.id });
    await this.#rescue(session, [...kept]);
  }

  async #rescue(session: SessionRow, rows: readonly SnapshotRow[]): Promise<void> {
    const { changing } = this;
    const newId = this.newId();
    const ids = new Map(rows.map(({ id }) => [id, this.newId()]));
    // Another life of it, of which the server has nothing yet. Marks stay: what they protect was sent.
    const {
      incarnation: _,
      fields: __,
      edited: ___,
      ...rest
    } = await rename(changing, session, {
      ids,
      sessionId: newId,
    });
    for (const log of new Set(rows.flatMap((row) => [...logsOf(row)])))
      await changing.known.putLog(log, { ...(await changing.known.log(log)), sent: [] });
    const metadata = { ...rest.metadata, rescuedFrom: session.id };
    changing.put(await changing.recounted({ ...rest, metadata }));
    await changing.note('session', newId, rest.saved);
    this.events.push({
      type: 'rescued',
      sessionId: session.id,
      id: newId,
      snapshots: Object.fromEntries(ids),
    });
  }
}
