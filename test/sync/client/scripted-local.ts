import type { Begun, BehindSession, LocalSync, OpenedLocalSync } from '../../../src/sync/local/local-sync.js';
import type { ChangesPage, SessionRowLine } from '../../../src/sync/protocol/pages.js';
import type { PushLine } from '../../../src/sync/protocol/push.js';
import { isRefused, type PushEnd, type PushResult } from '../../../src/sync/protocol/results.js';

interface Row {
  line: PushLine;
  heldAt?: number;
}

/** A database's part that keeps in memory what it was told, and writes down what happened. */
export class ScriptedLocal implements LocalSync {
  readonly replica = 'replica';
  known: Omit<Begun, 'replica'> = {};
  outbox: Row[] = [];
  readonly happened: string[] = [];
  readonly applied = new Map<string, readonly SessionRowLine[]>();
  readonly stale = new Map<string, BehindSession>();
  knownSessions: string[] = [];
  onForget: () => void = () => {};
  ended: { keep: boolean; discard?: boolean } | undefined;
  #pushes = 0;
  readonly #callbacks = new Set<() => void>();

  /** As `openLocalSync` has it. */
  opened(more: Partial<OpenedLocalSync> = {}): () => Promise<OpenedLocalSync> {
    return async () => ({
      local: this,
      database: 'scripted',
      rejectsBranches: false,
      isEncrypted: false,
      onChange: (callback) => {
        this.#callbacks.add(callback);
        return () => this.#callbacks.delete(callback);
      },
      ...more,
    });
  }

  /** A save. */
  save(...lines: PushLine[]): void {
    this.outbox.push(...lines.map((line) => ({ line })));
    for (const callback of this.#callbacks) callback();
  }

  async begin() {
    return { replica: this.replica, ...this.known };
  }

  async collect({ rows, heldBefore }: Parameters<LocalSync['collect']>[0]) {
    const free = this.outbox.filter(
      ({ heldAt }) => heldAt === undefined || (heldBefore !== undefined && heldAt < heldBefore),
    );
    const token = free.slice(0, rows);
    this.#pushes += 1;
    return { lines: token.map(({ line }) => line), token, more: false, push: this.#pushes };
  }

  async accept(token: unknown, results: readonly PushResult[], end?: PushEnd) {
    const rows = token as Row[];
    for (const result of results) {
      const row = rows[result.line]!;
      if (isRefused(result)) row.heldAt = Date.now();
      else this.outbox = this.outbox.filter((other) => other !== row);
    }
    if (end && this.known.cursor === end.before) this.known.cursor = end.cursor;
    return { events: [] };
  }

  async applyChanges(page: ChangesPage) {
    for (const session of page.sessions) {
      const { incarnation, seq } = session;
      this.happened.push(`listed ${incarnation}`);
      if (!('deleted' in session)) {
        this.stale.set(incarnation, { incarnation, session: session.session, since: 0 });
      }
      this.happened.push(`up to ${seq}`);
    }
    this.known.generation = page.generation;
    if (page.cursor !== undefined) this.known.cursor = page.cursor;
    return { events: [], behind: [] };
  }

  async behind(limit: number) {
    return [...this.stale.values()].slice(0, limit);
  }

  async applySession(incarnation: string, rows: readonly SessionRowLine[]) {
    this.applied.set(incarnation, rows);
    this.stale.delete(incarnation);
    return { events: [] };
  }

  async said() {
    return this.knownSessions;
  }

  async gone(incarnations: readonly string[]) {
    this.happened.push(`gone ${incarnations.join()}`);
    return { events: [] };
  }

  async queued() {
    const text = this.outbox.map(({ line }) => JSON.stringify(line));
    return { rows: this.outbox.length, bytes: text.join('').length };
  }

  async forget(generation: string) {
    this.happened.push(`forgot for ${generation}`);
    this.onForget();
    delete this.known.cursor;
    this.known.generation = generation;
  }

  async newReplica() {
    this.happened.push('new replica');
  }

  async adopt(tenant: string) {
    this.known.tenant = tenant;
  }

  async end(options: { keep: boolean; discard?: boolean }) {
    this.ended = options;
  }
}

/** A row to push. */
export const snapshotLine = (id: string, body = 'body'): PushLine => ({
  op: 'snapshot',
  incarnation: 'one',
  id,
  saw: 0,
  digest: `digest of ${id}`,
  createdMs: 0,
  spans: [],
  body,
});
