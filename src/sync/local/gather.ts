import { nanoid } from 'nanoid';
import { behind, startingWith } from '../../database/key-order.js';
import { isHidden, isSessionRow, isSnapshotRow } from '../../database/rows.js';
import type { Noted, OutboxKey, SessionRow, SnapshotRow, WriteTransaction } from '../../database/schema.js';
import { ofAll } from '../../database/pace.js';
import { spansOf } from '../../database/spans.js';
import { SessionStoreError } from '../../errors.js';
import { merged, runsByLog, without } from '../../logs/runs.js';
import { isPendingStatus } from '../protocol/index.js';
import { EntryReader } from './entry-reader.js';
import { fieldsOf } from './fields.js';
import type { Item } from './items.js';
import { Known, type KnownSession, type Standing } from './known.js';
import { named } from './marks.js';

/** How often a turn that is pending is told of, in ms. */
const BEAT_MS = 30_000;

/** How many rows of the outbox are read at once. */
const PAGE = 500;

export interface Limits {
  rows: number;
  bytes: number;
  heldBefore?: number;
}

/** What a database has to push, found and named in one transaction. */
export class Gathering {
  readonly items: Item[] = [];
  /** The rows of sessions that were named, which are yet to be put. */
  readonly changed = new Map<string, SessionRow>();
  readonly #known: Known;
  readonly #entries: EntryReader;
  readonly #sessions = new Map<string, SessionRow | undefined>();
  readonly #told = new Set<string>();
  #rows = 0;
  #bytes = 0;

  constructor(
    readonly transaction: WriteTransaction,
    readonly standing: Standing,
    readonly limits: Limits,
  ) {
    this.#known = new Known(transaction);
    this.#entries = new EntryReader(transaction, this.#known, standing.replica);
  }

  async run(): Promise<void> {
    const found: { row: SnapshotRow; noted: Noted }[] = [];
    for await (const [[kind, id], noted] of this.#noted()) {
      if (this.#isFull || found.length >= this.limits.rows) break;
      if (kind === 'gone') {
        // Where it stood when it was deleted here: nothing of it is pulled after that.
        const saw = (await this.#known.get('session', id))?.pulled ?? 0;
        this.#add({ kind: 'delete-session', incarnation: id, session: String(noted), noted, saw });
      } else if (kind === 'session') await this.#session(id, noted);
      else if (typeof noted === 'string') await this.#deleted(id, noted);
      else {
        const row: unknown = await this.transaction.objectStore('snapshots').get(id);
        if (isSnapshotRow(row) && row.sessionId !== '') found.push({ row, noted });
        // What was pruned before it was pushed is nowhere, and what has no session stays here.
        else if (row === undefined || isSnapshotRow(row)) await this.#drop('snapshot', id);
      }
    }
    // In the order of saves, so that parents come before children.
    found.sort((a, b) => a.row.version - b.row.version);
    for (const { row, noted } of found) {
      if (this.#isFull) return;
      await this.#snapshot(row, noted).catch((error: unknown) => this.#hold(row.id, noted, error));
    }
  }

  /** What cannot be read here holds nothing else up. */
  async #hold(id: string, noted: Noted, error: unknown): Promise<void> {
    if (!(error instanceof SessionStoreError) || error.status !== 'DATA_LOSS') throw error;
    await this.#known.put('held', `snapshot ${id}`, { version: noted, at: Date.now() });
  }

  get #isFull(): boolean {
    return this.#rows >= this.limits.rows || this.#bytes >= this.limits.bytes;
  }

  async *#noted(): AsyncGenerator<[OutboxKey, Noted]> {
    const outbox = this.transaction.objectStore('outbox');
    let after: ReturnType<typeof behind> | undefined;
    for (;;) {
      const [keys, rows] = [await outbox.getAllKeys(after, PAGE), await outbox.getAll(after, PAGE)];
      for (const [index, key] of keys.entries()) {
        const held = await this.#known.get('held', key.join(' '));
        const isHeld = held && held.version === rows[index] && !(held.at < (this.limits.heldBefore ?? 0));
        if (!isHeld) yield [key, rows[index]!];
      }
      if (keys.length < PAGE) return;
      after = behind(keys.at(-1));
    }
  }

  #add(item: Item, rows = 1, bytes = 0): void {
    this.items.push(item);
    this.#rows += rows;
    this.#bytes += bytes;
  }

  #drop(kind: OutboxKey[0], id: string): Promise<unknown> {
    return this.transaction.objectStore('outbox').delete([kind, id]);
  }

  /** The row of a session that is here, named. */
  async #named(id: string): Promise<SessionRow | undefined> {
    if (!this.#sessions.has(id)) {
      const row: unknown = await this.transaction.objectStore('sessions').get(id);
      this.#sessions.set(id, isSessionRow(row) ? row : undefined);
    }
    const row = this.#sessions.get(id);
    if (row && row.incarnation === undefined) this.#change({ ...row, incarnation: nanoid() });
    return this.#sessions.get(id);
  }

  #change(row: SessionRow): void {
    if (this.#sessions.get(row.id) === row) return;
    this.#sessions.set(row.id, row);
    this.changed.set(row.id, row);
  }

  async #session(id: string, noted: Noted): Promise<void> {
    const stored: unknown = await this.transaction.objectStore('sessions').get(id);
    // It can be restored yet.
    if (isHidden(stored)) return;
    if (!isSessionRow(stored)) return void (await this.#drop('session', id));
    const isNew = stored.incarnation === undefined && !this.#sessions.has(id);
    const row = (await this.#named(id))!;
    if (isNew) await this.#adopt(id);
    await this.#tell(row, noted);
  }

  /** Puts all of a session into the outbox that was here before it synced, was copied, or came from a file. */
  async #adopt(id: string): Promise<void> {
    const outbox = this.transaction.objectStore('outbox');
    const ids = await this.transaction
      .objectStore('snapshots')
      .index('sessionId')
      .getAllKeys(startingWith(id));
    const there = await ofAll(ids, (each) => outbox.getKey(['snapshot', each]));
    await ofAll(
      ids.filter((_, index) => there[index] === undefined),
      (each) => outbox.put(0, ['snapshot', each]),
    );
  }

  /** Adds the session's line. */
  async #tell(row: SessionRow, noted: Noted | undefined): Promise<void> {
    if (this.#told.has(row.id)) return;
    this.#told.add(row.id);
    const incarnation = row.incarnation!;
    const fields = fieldsOf(row, isUntold(await this.#known.get('session', incarnation)));
    const { id: session, createdMs } = row;
    const rows = Math.max(1, Object.keys(fields).length);
    this.#add({ kind: 'session', incarnation, session, createdMs, noted, fields }, rows);
  }

  async #deleted(id: string, incarnation: string): Promise<void> {
    const session = await this.#known.get('session', incarnation);
    if (!session || session.deleted) return void (await this.#drop('snapshot', id));
    const saw = (await this.#known.get('snapshot', id))?.seq ?? 0;
    this.#add({ kind: 'delete-snapshot', incarnation, id, noted: incarnation, saw });
  }

  async #snapshot(row: SnapshotRow, noted: Noted): Promise<void> {
    const session = await this.#named(row.sessionId);
    if (!session) return;
    const incarnation = session.incarnation!;
    const known = await this.#known.get('snapshot', row.id);
    const isPending = isPendingStatus(row.info['status'] as string | undefined);
    if (isPending && known?.pendingAt !== undefined && Math.abs(Date.now() - known.pendingAt) < BEAT_MS)
      return;
    if (isUntold(await this.#known.get('session', incarnation))) await this.#tell(session, undefined);
    const wires = new Map<number, string>();
    const spans = isPending ? [] : spansOf(row);
    for (const [log, runs] of runsByLog(spans)) {
      const all = merged(runs);
      wires.set(log, await this.#entries.wireOf(log));
      // What reaches the wire must not change any more.
      this.#change(named(this.#sessions.get(session.id)!, log, all.at(-1)![1]));
      const { sent } = await this.#known.log(log);
      for (const [from, to] of without(without(all, merged(sent)), this.#entries.taken(log))) {
        const { rows, bytes: most } = this.limits;
        const room = { rows: rows - this.#rows, bytes: most - this.#bytes };
        const taken = await this.#entries.take(log, from, to, room, this.#rows <= 1);
        const { runs, bytes, isWhole } = taken;
        for (const { at, entries } of runs)
          this.#add(
            { kind: 'entries', incarnation, log, wire: wires.get(log)!, at, entries },
            entries.length,
          );
        this.#bytes += bytes;
        if (!isWhole) return;
      }
    }
    const item = { kind: 'snapshot', incarnation, session: session.id, noted, row, wires } as const;
    this.#add({ ...item, saw: known?.seq ?? 0 }, 1, sizeOfRow(row));
  }
}

const isUntold = (session: KnownSession | undefined): boolean => !session || !!session.unsaid;

/** Roughly: small rows are not worth counting. */
const sizeOfRow = ({ state }: SnapshotRow): number => 500 + (state?.fields.length ?? 0) * 200;
