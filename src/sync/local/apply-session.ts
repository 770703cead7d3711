import { isHidden } from '../../database/rows.js';
import { ROW_FORMAT, type SessionRow, type SnapshotRow, type StoredState } from '../../database/schema.js';
import { spansOf } from '../../database/spans.js';
import { freeUnreached } from '../../logs/garbage-collect.js';
import { assembleState, loadRows } from '../../logs/load.js';
import { previewIn } from '../../snapshots/preview.js';
import { instantOf } from '../../values/schema.js';
import { isPendingStatus } from '../protocol/index.js';
import type { Changing } from './changing.js';
import type { SyncEvent } from './events.js';
import type { WireField } from './items.js';
import type { KnownSession } from './known.js';
import { keepListedRow, takeListed } from './listed.js';
import type { Losing } from './lose.js';
import { placesBeside, Placing } from './placing.js';
import { infoOf, type Pulled, type PulledSnapshot } from './pulled.js';

/** What a pull is applied with. */
export interface Applying {
  incarnation: string;
  replica: string;
  seq: number;
  /** When the server's `now` was, by the clock of this device. */
  heardMs: number;
  /** Digests of what is here and waits in the outbox: version and digest by id. */
  own: ReadonlyMap<string, { version: number; digest: string }>;
  /** What somebody in this tab watches, and has to be told whole. */
  watched: readonly string[];
}

/** Writes what was pulled of one session. */
export class SessionPull {
  readonly events: SyncEvent[] = [];
  readonly #replaced: SnapshotRow[] = [];

  constructor(
    readonly changing: Changing,
    readonly losing: Losing,
    readonly pulled: Pulled,
    readonly applying: Applying,
  ) {}

  async run(): Promise<void> {
    const { changing, applying, pulled } = this;
    const { incarnation, seq } = applying;
    const known = await changing.known.get('session', incarnation);
    // A delete of it is on its way.
    if (!known || known.deleted || (await changing.noted('gone', incarnation)) !== undefined) return;
    const stored: any = await changing.transaction.objectStore('sessions').get(known.session);
    // What has the id can be restored yet: this stays behind until it is, or is gone.
    if (isHidden(stored)) return;
    const lines = await this.#newer();
    const base = (await changing.incarnated(incarnation, known.session)) ?? (await this.#begin(known, lines));
    const placing = new Placing(changing, applying.replica, pulled.entries, base);
    const whole: PulledSnapshot[] = [];
    for (const line of lines) {
      if (await placing.isComplete(line.line.spans)) whole.push(line);
      else if (!pulled.isWhole || !known.whole) return this.#askForAll(known, base);
      else this.events.push({ type: 'lost', sessionId: base.id });
    }
    for (const line of whole) await this.#write(line, placing);
    const removed = await this.#remove(base.id);
    await this.#settle({ ...placing.session, unsealed: base.unsealed + placing.bytes }, removed);
    const { whole: _, ...rest } = (await changing.known.get('session', incarnation))!;
    await changing.known.put('session', incarnation, {
      ...rest,
      pulled: Math.max(rest.pulled, seq),
      behind: rest.behind > seq ? rest.behind : 0,
    });
  }

  /** The lines that say more than what is here, unless what is here was changed and has to be pushed first. */
  async #newer(): Promise<PulledSnapshot[]> {
    const { changing, losing, applying } = this;
    const newer: PulledSnapshot[] = [];
    for (const each of this.pulled.snapshots) {
      const { id, seq, digest, status } = each.line;
      const [noted, local] = [await changing.noted('snapshot', id), await changing.snapshot(id)];
      const known = await changing.known.get('snapshot', id);
      // Deleted here, or known as it is.
      if (typeof noted === 'string' || (known && known.seq >= seq && local)) continue;
      if (typeof noted === 'number' && local) {
        const own = applying.own.get(id);
        const isOwn = own?.version === local.version && own.digest === digest;
        if (isOwn) await changing.unnote('snapshot', id);
        // What is pending there may become what is here.
        if (isOwn || isPendingStatus(status)) {
          await changing.known.put('snapshot', id, { ...known, seq, ...(isOwn && { mine: true as const }) });
          continue;
        }
        // Its worker is alive here, and goes on under this id until it is done.
        if (isPendingStatus(local.info['status'] as string | undefined)) continue;
        await losing.snapshot(local);
      } else if (local && (await this.#isOthers(local))) await losing.snapshot(local);
      newer.push(each);
    }
    return newer;
  }

  async #isOthers({ sessionId }: SnapshotRow): Promise<boolean> {
    const session = await this.changing.session(sessionId);
    return session?.incarnation !== this.applying.incarnation;
  }

  /** The row of a session that was not here. Who has its id here has to give it up. */
  async #begin(known: KnownSession, lines: readonly PulledSnapshot[]): Promise<SessionRow> {
    const { changing, losing, applying } = this;
    const other = await changing.session(known.session);
    if (other) await losing.session(other);
    const listed = lines.length > 0 ? await takeListed(changing, applying.incarnation) : undefined;
    return {
      format: ROW_FORMAT,
      snapshots: 0,
      leaves: 0,
      version: 0,
      saved: 0,
      ...listed,
      id: known.session,
      incarnation: applying.incarnation,
      createdMs: Infinity,
      updatedMs: -Infinity,
      unsealed: 0,
    };
  }

  /** Something is missing that was here, or was pushed by this database: nothing is written before all has come. */
  async #askForAll(known: KnownSession, base: SessionRow): Promise<void> {
    const { changing, applying } = this;
    if (base.version === 0) await keepListedRow(changing, base);
    const { incarnation, seq } = applying;
    const behind = Math.max(known.behind, seq);
    await changing.known.put('session', incarnation, { ...known, session: base.id, behind, whole: true });
  }

  async #write(pulled: PulledSnapshot, placing: Placing): Promise<void> {
    const { changing, applying } = this;
    const { line } = pulled;
    const session = placing.session.id;
    await placing.place(line.spans);
    const info = infoOf(pulled, session, applying.heardMs);
    const state = stateOf(pulled, placing, session);
    const preview = previewIn(state, (log, at) => placing.valueAt(log, at));
    const before = await changing.snapshot(line.id);
    const row: SnapshotRow = {
      format: ROW_FORMAT,
      id: line.id,
      sessionId: session,
      // For ordering, nothing is later than when it came: devices may be years ahead.
      createdMs: Math.min(instantOf(info.createdAt), line.arrivedMs),
      version: await changing.number(),
      info,
      ...(state !== undefined && { state }),
      ...(preview !== undefined && { preview }),
      own: [],
    };
    await changing.transaction.objectStore('snapshots').put(row);
    await changing.known.put('snapshot', line.id, { seq: line.seq });
    if (before) this.#replaced.push(before);
    const isWatched = applying.watched.includes(line.id);
    const loaded = isWatched ? assembleState(row, await loadRows(changing.transaction, row)) : undefined;
    (await changing.commit()).snapshots.push({ row, state: loaded });
    const updatedAt = info['updatedAt'];
    const updatedMs = Math.floor(
      Math.max(
        row.createdMs,
        updatedAt === undefined ? -Infinity : Math.min(instantOf(updatedAt), line.arrivedMs),
      ),
    );
    placing.session = {
      ...placing.session,
      createdMs: Math.min(placing.session.createdMs, row.createdMs),
      updatedMs: Math.max(placing.session.updatedMs, updatedMs),
    };
  }

  async #remove(sessionId: string): Promise<SnapshotRow[]> {
    const { changing } = this;
    const removed: SnapshotRow[] = [];
    for (const { id, seq } of this.pulled.deleted) {
      await changing.unnote('snapshot', id);
      await changing.known.put('snapshot', id, { seq });
      const row = await changing.snapshot(id);
      if (row?.sessionId !== sessionId) continue;
      removed.push(row);
      this.events.push({ type: 'deleted', sessionId, snapshotId: id });
    }
    await changing.remove(sessionId, removed);
    return removed;
  }

  async #settle(session: SessionRow, removed: readonly SnapshotRow[]): Promise<void> {
    const { changing } = this;
    const replaced = this.#replaced;
    const row = await changing.recounted(session, removed);
    if (row.snapshots === 0) {
      if (session.version > 0) changing.end(session);
      return;
    }
    if (replaced.length > 0) await freeUnreached(changing.transaction, row.id, replaced.flatMap(spansOf));
    const isNews = replaced.length > 0 || session.version === 0;
    // Nobody's version, so that a save after this does not cut off what is not its own.
    changing.put(isNews ? { ...row, saved: await changing.number() } : row);
  }
}

function stateOf(
  { content, line }: PulledSnapshot,
  placing: Placing,
  session: string,
): StoredState | null | undefined {
  const { fields, names } = content;
  if (!fields) return fields;
  const isOwn = ([key, kind]: WireField) => names[1] && key === 'sessionId' && kind === 'value';
  const stored = fields.map((field): StoredState['fields'][number] => {
    const [key, kind, value] = field;
    if (kind === 'value') return [key, kind, isOwn(field) ? session : value];
    return [key, kind as 'array', placing.localSpans(value as (string | number)[])];
  });
  const spans = stored.flatMap(([, kind, value]) => (kind === 'value' ? [] : [value]));
  return { fields: stored, media: placesBeside(placing.localSpans(line.spans), spans) };
}
