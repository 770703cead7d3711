import { merged } from '../../logs/runs.js';
import {
  isRefused,
  type FieldResult,
  type PushEnd,
  type PushResult,
  type Refused,
} from '../protocol/index.js';
import { markBehind } from './behind.js';
import type { Changing } from './changing.js';
import type { SyncEvent } from './events.js';
import { withField, withoutEdit } from './fields.js';
import type { Sent } from './items.js';
import type { Losing } from './lose.js';
import { readStanding, putStanding, type Standing } from './known.js';

type SentOf<Kind extends Sent['kind']> = Extract<Sent, { kind: Kind }>;

/** Notes in one transaction what became of lines. Values of fields that were lost are decoded before. */
export class Accepting {
  readonly events: SyncEvent[] = [];
  /** Sessions of which the server did not take a line that others need. */
  readonly #incomplete = new Set<string>();

  constructor(
    readonly changing: Changing,
    readonly losing: Losing,
    readonly now: number,
  ) {}

  async run(sent: readonly Sent[], results: readonly PushResult[], end: PushEnd | undefined): Promise<void> {
    for (const result of results) {
      const item = sent[result.line];
      if (item && isRefused(result) && (item.kind === 'entries' || item.kind === 'session'))
        this.#incomplete.add(item.incarnation);
    }
    for (const result of results) {
      const item = sent[result.line];
      if (!item) continue;
      if (isRefused(result)) await this.#refused(item, result);
      else await this.#done(item, result.seq, result.fields ?? {}, result.session);
    }
    const standing = await readStanding(this.changing.transaction);
    if (standing) await this.#heard(standing, end);
  }

  /** Whoever was up to date before the push is so after it. */
  async #heard(standing: Standing, end: PushEnd | undefined): Promise<void> {
    const { known, transaction } = this.changing;
    const isFlush = end && end.generation === standing.generation && end.before === standing.cursor;
    await putStanding(transaction, {
      ...standing,
      heardAt: this.now,
      ...(isFlush && { cursor: end.cursor }),
    });
    if (!end || end.generation !== standing.generation) return;
    for (const [incarnation, [before, after]] of Object.entries(end.sessions)) {
      const session = await known.get('session', incarnation);
      if (!session || session.deleted || session.whole || session.pulled !== before) continue;
      const behind = session.behind > after ? session.behind : 0;
      await known.put('session', incarnation, { ...session, pulled: after, behind });
    }
  }

  async #done(item: Sent, seq: number, fields: Record<string, FieldResult>, name?: string): Promise<void> {
    const { known } = this.changing;
    switch (item.kind) {
      case 'session':
        return this.#session(item, fields, name);
      case 'entries': {
        const log = await known.log(item.log);
        const { at, count } = item;
        await known.putLog(item.log, { ...log, sent: merged([...log.sent, [at, at + count]]) });
        return;
      }
      case 'snapshot':
        await known.put('snapshot', item.id, {
          seq,
          mine: true,
          ...(item.isPending && { pendingAt: this.now }),
        });
        return this.#settle('snapshot', item.id, item);
      case 'delete-snapshot':
        return this.#settle('snapshot', item.id, item);
      case 'delete-session': {
        const { incarnation, session } = item;
        const before = await known.get('session', incarnation);
        const gone = { pulled: 0, behind: 0, updatedMs: 0, ...before, session, deleted: true as const };
        await known.put('session', incarnation, gone);
        return this.#settle('gone', incarnation, item);
      }
    }
  }

  /** Takes what was pushed out of the outbox, unless it has changed since. */
  async #settle(
    kind: 'snapshot' | 'session' | 'gone',
    id: string,
    { noted }: Pick<SentOf<'session'>, 'noted'>,
  ): Promise<void> {
    if (noted === undefined || (await this.changing.noted(kind, id)) !== noted) return;
    await this.changing.unnote(kind, id);
    await this.changing.known.delete('held', `${kind} ${id}`);
  }

  async #session(item: SentOf<'session'>, fields: Record<string, FieldResult>, name?: string): Promise<void> {
    const { changing } = this;
    const { incarnation, session: id } = item;
    const before = await changing.known.get('session', incarnation);
    if (!before || before.unsaid) {
      const known = { pulled: 0, behind: 0, updatedMs: this.now, ...before, session: before?.session ?? id };
      delete known.unsaid;
      await changing.known.put('session', incarnation, known);
    }
    await this.#settle('session', id, item);
    const row = await changing.incarnated(incarnation, before?.session ?? id);
    if (!row) return;
    let changed = row;
    let isShown = false;
    for (const [field, result] of Object.entries(fields)) {
      const at = item.fields[field]?.at;
      const isLater = changed.edited?.[field] !== undefined && changed.edited[field] !== at;
      changed = withoutEdit(changed, field, at);
      if (!('lost' in result)) {
        changed = { ...changed, fields: { ...changed.fields, [field]: result.seq } };
        continue;
      }
      if (isLater) continue;
      changed = withField(changed, field, result.value, result.seq);
      isShown = true;
      this.events.push({ type: 'field-lost', sessionId: id, field });
    }
    if (changed !== row) changing.put(changed, isShown);
    if (name !== undefined && name !== id) await this.#renamed(incarnation, id, name);
  }

  /** Elsewhere this session has another id. Whoever has that here has to give it up. */
  async #renamed(incarnation: string, id: string, name: string): Promise<void> {
    const other = await this.changing.session(name);
    if (other) await this.losing.session(other);
    const row = await this.changing.incarnated(incarnation, id);
    if (row) await this.losing.session(row, name);
  }

  async #refused(item: Sent, refusal: Refused): Promise<void> {
    const { changing, losing } = this;
    if (refusal.refused === 'gone' && refusal.whole) {
      if (item.kind === 'delete-session') return this.#done(item, refusal.seq, {});
      return losing.deleted(item.incarnation, 'session' in item ? item.session : undefined, refusal.saw);
    }
    if (refusal.refused === 'gone' && item.kind === 'snapshot') return this.#deleted(item);
    if (refusal.refused === 'gone' && item.kind === 'delete-snapshot')
      return this.#settle('snapshot', item.id, item);
    // Whoever pushed names this database anew.
    if (refusal.refused === 'copied') return;
    if (refusal.refused === 'conflict' && item.kind === 'snapshot') return this.#conflict(item, refusal);
    if (refusal.refused === 'taken') {
      if (item.kind === 'session') {
        const row = await changing.incarnated(item.incarnation, item.session);
        if (row) return losing.session(row);
      } else if (item.kind === 'snapshot') return this.#lose(item);
    }
    if (refusal.refused === 'missing' && !this.#incomplete.has(item.incarnation))
      return this.#missing(item, refusal);
    return this.#hold(item);
  }

  async #conflict(item: SentOf<'snapshot'>, refusal: Refused & { refused: 'conflict' }): Promise<void> {
    const { known } = this.changing;
    await markBehind(known, item.incarnation, refusal.seq, true);
    if (refusal.digest === item.digest)
      return void (await known.put('snapshot', item.id, { seq: refusal.seq, mine: true }));
    // Its worker is alive here, and goes on under this id until it is done.
    if (item.isPending) return this.#hold(item);
    // What is pending there is not finished: it may become this.
    if (refusal.status === 'pending')
      return void (await known.put('snapshot', item.id, { seq: refusal.seq }));
    return this.#lose(item);
  }

  async #lose({ id, session }: SentOf<'snapshot'>): Promise<void> {
    const row = await this.changing.snapshot(id);
    if (row?.sessionId === session) await this.losing.snapshot(row);
    else await this.changing.unnote('snapshot', id);
  }

  /** The snapshot was deleted elsewhere. What continues it stays, as a root. */
  async #deleted({ id, session: sessionId }: SentOf<'snapshot'>): Promise<void> {
    const { changing } = this;
    const [row, session] = [await changing.snapshot(id), await changing.session(sessionId)];
    await changing.unnote('snapshot', id);
    if (!session || row?.sessionId !== sessionId) return;
    await changing.remove(sessionId, [row]);
    const rest = await changing.recounted(session, [row]);
    if (rest.snapshots > 0) changing.put(rest);
    else changing.end(session);
    this.events.push({ type: 'deleted', sessionId, snapshotId: id });
  }

  /** What was said to be there is not, so it is pushed again. */
  async #missing(item: Sent, { session, spans = [] }: Refused & { refused: 'missing' }): Promise<void> {
    const { known } = this.changing;
    const before = await known.get('session', item.incarnation);
    if (session && before) await known.put('session', item.incarnation, { ...before, unsaid: true });
    const isMissing = new Set(spans.filter((part) => typeof part === 'string'));
    if (item.kind !== 'snapshot' || isMissing.size === 0) return;
    const { keys, rows } = await known.all<{ wire?: string; sent: [number, number][] }>('log');
    const { replica } = (await readStanding(this.changing.transaction))!;
    for (const [index, row] of rows.entries()) {
      const log = keys[index][1] as number;
      if (isMissing.has(row.wire ?? `${replica}:${log}`)) await known.putLog(log, { ...row, sent: [] });
    }
  }

  /** Leaves it in the outbox for later: until it changes, or is asked for. */
  async #hold(item: Sent): Promise<void> {
    if (item.kind === 'entries') return;
    const [kind, id] =
      item.kind === 'session'
        ? ['session', item.session]
        : item.kind === 'delete-session'
          ? ['gone', item.incarnation]
          : ['snapshot', item.id];
    if (item.noted !== undefined)
      await this.changing.known.put('held', `${kind} ${id}`, { version: item.noted, at: this.now });
  }
}
