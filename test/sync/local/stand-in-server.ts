import type {
  ChangesPage,
  EntriesLine,
  PushEnd,
  PushLine,
  PushResult,
  Refusal,
  SessionPage,
  SessionRowLine,
  SnapshotLine,
} from '../../../src/sync/protocol/index.js';

interface Row {
  seq: number;
  line: SnapshotLine;
}

interface Session {
  id: string;
  createdMs: number;
  seq: number;
  deleted?: true;
  saw?: number | undefined;
  fields: Map<string, { value: unknown; seq: number; at: number }>;
  snapshots: Map<string, Row | { seq: number; line?: undefined }>;
  entries: Map<string, { seq: number; log: string; at: number; digest: string; body: unknown }>;
}

type Answer = { seq: number; [more: string]: unknown } | Refusal;

/** A server of sync for one tenant, in memory: what it answers is what the protocol says. */
export class StandInServer {
  generation = 'g';
  now = Date.parse('2026-12-01T00:00:00Z');
  seq = 0;
  /** Logs of which this push had an entry that was not taken: what needs them is not, either. */
  readonly #refused = new Set<string>();
  /** How often an entry crossed, by session and place. */
  readonly crossed = new Map<string, number>();
  sessions = new Map<string, Session>();

  backup(): Pick<StandInServer, 'sessions' | 'seq'> {
    return structuredClone({ sessions: this.sessions, seq: this.seq });
  }

  restore({ sessions, seq }: Pick<StandInServer, 'sessions' | 'seq'>, generation: string): void {
    Object.assign(this, { sessions, seq, generation });
  }

  push(replica: string, lines: readonly PushLine[]): { results: PushResult[]; end: PushEnd } {
    void replica;
    const before = `${this.seq}:t`;
    this.#refused.clear();
    const sessions: PushEnd['sessions'] = {};
    const results = lines.map((line, index): PushResult => {
      const was = this.sessions.get(line.incarnation)?.seq ?? 0;
      const answer = this.#line(line);
      const session = this.sessions.get(line.incarnation);
      if (session && session.seq !== was)
        sessions[line.incarnation] = [sessions[line.incarnation]?.[0] ?? was, session.seq];
      return { line: index, ...answer };
    });
    return {
      results,
      end: {
        end: true,
        now: this.now,
        generation: this.generation,
        before,
        cursor: `${this.seq}:t`,
        sessions,
      },
    };
  }

  changes(since?: string): ChangesPage {
    const from = Number(since?.split(':')[0] ?? 0);
    const sessions = [...this.sessions]
      .filter(([, session]) => session.seq > from)
      .map(([incarnation, session]) => {
        const { id, seq, createdMs, deleted, fields } = session;
        if (deleted) return { incarnation, session: id, seq, deleted, saw: session.saw };
        const living = [...session.snapshots.values()].filter(({ line }) => line);
        const shown = Object.fromEntries([...fields].map(([name, { value, seq }]) => [name, { value, seq }]));
        return {
          ...{ incarnation, session: id, seq, createdMs, updatedMs: this.now, latestMs: this.now },
          snapshots: living.length,
          fields: shown,
        };
      });
    return JSON.parse(
      JSON.stringify({
        generation: this.generation,
        now: this.now,
        cursor: `${this.seq}:t`,
        more: false,
        sessions,
      }),
    ) as ChangesPage;
  }

  session(incarnation: string, since: number, replica?: string): SessionPage {
    const session = this.sessions.get(incarnation)!;
    const rows: SessionRowLine[] = [];
    for (const { seq, log, at, digest, body } of session.entries.values()) {
      if (seq <= since) continue;
      const bodies = replica !== undefined && log.startsWith(`${replica}:`) ? {} : { bodies: [body] };
      rows.push({ op: 'entries', incarnation, log, at, digests: [digest], ...bodies, seq } as SessionRowLine);
    }
    for (const [id, { seq, line }] of session.snapshots) {
      if (seq <= since) continue;
      rows.push(line ? { ...line, seq, arrivedMs: this.now } : { op: 'delete-snapshot', id, seq });
    }
    rows.sort((a, b) => a.seq - b.seq);
    const page = { generation: this.generation, now: this.now, seq: session.seq, more: false, rows };
    return JSON.parse(JSON.stringify(page)) as SessionPage;
  }

  #line(line: PushLine): Answer {
    let session = this.sessions.get(line.incarnation);
    if (session?.deleted) {
      return line.op === 'delete-session'
        ? { seq: session.seq }
        : { refused: 'gone', seq: session.seq, whole: true, ...(session.saw && { saw: session.saw }) };
    }
    if (line.op === 'session') {
      if (!session) {
        const other = [...this.sessions].find(([, each]) => each.id === line.session && !each.deleted);
        if (other) return { refused: 'taken', incarnation: other[0] };
        session = {
          ...{ id: line.session, createdMs: line.createdMs, seq: ++this.seq },
          ...{ fields: new Map(), snapshots: new Map(), entries: new Map() },
        };
        this.sessions.set(line.incarnation, session);
      }
      const fields = Object.fromEntries(
        Object.entries(line.fields ?? {}).map(([name, edit]) => [name, this.#field(session!, name, edit)]),
      );
      return { seq: session.seq, fields };
    }
    if (line.op === 'delete-session') {
      session ??= {
        ...{ id: line.session ?? '', createdMs: 0, seq: 0 },
        ...{ fields: new Map(), snapshots: new Map(), entries: new Map() },
      };
      Object.assign(session, { deleted: true, seq: ++this.seq, saw: line.saw });
      this.sessions.set(line.incarnation, session);
      return { seq: this.seq };
    }
    if (!session) return { refused: 'missing', session: true };
    if (line.op === 'entries') return this.#entries(session, line);
    if (line.op === 'snapshot') return this.#snapshot(session, line);
    session.snapshots.set(line.id, { seq: ++this.seq });
    return { seq: (session.seq = this.seq) };
  }

  #field(session: Session, name: string, { value, saw, age }: { value?: unknown; saw: number; age: number }) {
    const known = session.fields.get(name);
    const at = this.now - age;
    if (known && known.seq !== saw && known.at > at)
      return { lost: true, value: known.value, seq: known.seq };
    session.fields.set(name, { value, at, seq: (session.seq = ++this.seq) });
    return { seq: session.seq };
  }

  #entries(session: Session, { incarnation, log, at, digests, bodies }: EntriesLine): Answer {
    for (const [index, digest] of digests.entries()) {
      const key = `${log}/${at + index}`;
      const known = session.entries.get(key);
      if (known && known.digest !== digest) {
        this.#refused.add(`${incarnation} ${log}`);
        return { refused: 'copied', at: at + index, digest: known.digest };
      }
      const place = `${incarnation} ${key}`;
      this.crossed.set(place, (this.crossed.get(place) ?? 0) + 1);
      if (known) continue;
      session.entries.set(key, { seq: ++this.seq, log, at: at + index, digest, body: bodies[index] });
    }
    return { seq: (session.seq = this.seq) };
  }

  #snapshot(session: Session, line: SnapshotLine): Answer {
    for (const [incarnation, other] of this.sessions)
      if (other !== session && other.snapshots.has(line.id)) return { refused: 'taken', incarnation };
    const row = session.snapshots.get(line.id);
    if (row && !row.line) return { refused: 'gone', seq: row.seq, whole: false };
    if (row?.line?.digest === line.digest) return { seq: row.seq };
    const isPending = line.status === 'pending';
    const isDown = row?.line && row.line.status !== 'pending' && isPending;
    if (row?.line && (row.seq !== line.saw || isDown)) {
      const { status, digest } = row.line;
      return { refused: 'conflict', seq: row.seq, digest, ...(status !== undefined && { status }) };
    }
    for (let i = 0; i < line.spans.length; i += 3) {
      const [log, at, count] = line.spans.slice(i, i + 3) as [string, number, number];
      if (this.#refused.has(`${line.incarnation} ${log}`))
        return { refused: 'missing', spans: [log, at, count] };
      for (let each = at; each < at + count; each++)
        if (!session.entries.has(`${log}/${each}`)) return { refused: 'missing', spans: [log, each, 1] };
    }
    session.snapshots.set(line.id, { seq: (session.seq = ++this.seq), line });
    return { seq: this.seq };
  }
}
