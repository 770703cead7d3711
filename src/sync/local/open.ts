import type { SessionRow, WriteTransaction } from '../../database/schema.js';
import { SessionStoreError } from '../../errors.js';
import { type Commit, readClock } from '../../snapshots/commit.js';
import { newId } from '../../store/save-requests.js';
import { TENANT, type Tenant } from '../../store/tenant.js';
import { ALL } from '../../tabs/watchers.js';
import type { SessionStoreOptions } from '../../types/snapshot.js';
import {
  isRefused,
  type ChangesPage,
  type PushEnd,
  type PushResult,
  type SessionRowLine,
} from '../protocol/index.js';
import { Accepting } from './accept.js';
import { SessionPull } from './apply-session.js';
import { decodeField } from './body.js';
import { applyPage, decodePage } from './changes.js';
import { Changing } from './changing.js';
import type { SyncEvent } from './events.js';
import { gathered, ordered } from './collect.js';
import type { Limits } from './gather.js';
import type { Sent } from './items.js';
import { Known, type KnownSession, putStanding, readStanding } from './known.js';
import { lineOf } from './lines.js';
import type { BehindSession, Collected, LocalSync, OpenedLocalSync } from './local-sync.js';
import { Losing } from './lose.js';
import { ownDigests } from './own-digests.js';
import { decodeRows } from './pulled.js';
import { forgetServer, renameReplica, turnOff, turnOn } from './turning.js';

/** A change in one transaction: what watchers are told, or `null`. */
type Work<T> = (transaction: WriteTransaction) => Promise<{ commit: Commit | null; result: T }>;

const tenantOf = (store: object, call?: SessionStoreOptions): Tenant<unknown> => {
  const find = (store as Record<symbol, unknown>)[TENANT];
  if (typeof find !== 'function') {
    throw new SessionStoreError('INVALID_ARGUMENT', 'expected an IndexedDBSessionStore', 'store');
  }
  return find(call) as Tenant<unknown>;
};

/** Throws `FAILED_PRECONDITION` for a store that refuses branches: two devices make them whenever both are offline. */
export function requireSyncable(store: object, call?: SessionStoreOptions): void {
  if (!tenantOf(store, call).settings.rejectBranchingSessions) return;
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    'a store with rejectBranchingSessions cannot sync: what two devices save at the same time are two branches. Construct it without',
    'options.rejectBranchingSessions',
  );
}

/** The local side of a store's sync. `database` names what tabs share. */
export async function openLocalSync(store: object, call?: SessionStoreOptions): Promise<OpenedLocalSync> {
  const tenant = tenantOf(store, call);
  const { rejectBranchingSessions, encryption } = tenant.settings;
  return {
    local: new Local(tenant),
    database: tenant.connection.name,
    rejectsBranches: !!rejectBranchingSessions,
    isEncrypted: !!encryption?.key,
    onChange: (callback) => tenant.subscriptions.watchSessions(ALL, () => callback()),
  };
}

interface Told {
  events: SyncEvent[];
}

class Local implements LocalSync {
  constructor(readonly tenant: Tenant<unknown>) {}

  async begin(): ReturnType<LocalSync['begin']> {
    const { replica, tenant, cursor, generation, heardAt } = await this.#change(async (transaction) => {
      const { standing, commit } = await turnOn(transaction);
      return { commit, result: standing };
    });
    return {
      replica,
      ...(tenant !== undefined && { tenant }),
      ...(cursor !== undefined && { cursor }),
      ...(generation !== undefined && { generation }),
      ...(heardAt !== undefined && { heardMs: Math.max(0, Date.now() - heardAt) }),
    };
  }

  async collect(limits: Limits): Promise<Collected> {
    let commit: Commit | null = null;
    const { items, push, named } = await this.#change(async (transaction) => {
      const done = await gathered(transaction, limits);
      ({ commit } = done);
      return done;
    });
    if (commit) this.#remember(commit, named);
    const now = Date.now();
    const lines: Collected['lines'] = [];
    const token: Sent[] = [];
    for (const item of ordered(items)) {
      const { line, sent } = await lineOf(item, now);
      lines.push(line);
      token.push(sent);
    }
    return { lines, token, push };
  }

  async accept(token: unknown, results: readonly PushResult[], end?: PushEnd): Promise<Told> {
    const decoded = await Promise.all(results.map(decodeResult));
    return this.#changing(async (changing, losing) => {
      const accepting = new Accepting(changing, losing, Date.now());
      await accepting.run(token as Sent[], decoded, end);
      return { events: [...accepting.events, ...losing.events] };
    });
  }

  async applyChanges(page: ChangesPage): Promise<Told & { behind: string[] }> {
    const decoded = await decodePage(page);
    return this.#changing(async (changing, losing) => {
      const behind = await applyPage(changing, losing, decoded, Date.now());
      return { behind, events: losing.events };
    });
  }

  async behind(limit: number): Promise<BehindSession[]> {
    const { keys, rows } = await this.tenant.read((transaction) =>
      new Known(transaction as WriteTransaction).all<KnownSession>('session'),
    );
    return rows
      .map((row, index) => ({ ...row, incarnation: keys[index][1] as string }))
      .filter(({ deleted, behind, pulled, whole }) => !deleted && (behind > pulled || (whole && behind > 0)))
      .sort((a, b) => b.updatedMs - a.updatedMs)
      .slice(0, limit)
      .map(({ incarnation, session, pulled, whole }) =>
        whole ? { incarnation, session, since: 0, whole } : { incarnation, session, since: pulled },
      );
  }

  async applySession(
    incarnation: string,
    rows: readonly SessionRowLine[],
    { seq }: { seq: number; generation: string; now: number },
  ): Promise<Told> {
    const pulled = await decodeRows(rows);
    const ids = pulled.snapshots.map(({ line }) => line.id);
    const own = await ownDigests((work) => this.tenant.read(work), ids);
    const { watched } = this.tenant.subscriptions;
    const heardMs = Date.now();

    return this.#changing(async (changing, losing) => {
      const { replica } = (await readStanding(changing.transaction))!;
      const pull = new SessionPull(changing, losing, pulled, {
        incarnation,
        replica,
        seq,
        heardMs,
        own,
        watched,
      });
      await pull.run();
      return { events: [...pull.events, ...losing.events] };
    });
  }

  said(): Promise<string[]> {
    return this.tenant.read(async (transaction) => {
      const { keys, rows } = await new Known(transaction as WriteTransaction).all<KnownSession>('session');
      return keys
        .filter((_, index) => !rows[index]!.deleted && !rows[index]!.unsaid)
        .map(([, incarnation]) => incarnation as string);
    });
  }

  async gone(incarnations: readonly string[]): Promise<Told> {
    return this.#changing(async (_, losing) => {
      for (const incarnation of incarnations) await losing.deleted(incarnation, undefined);
      return { events: losing.events };
    });
  }

  async queued(): Promise<{ rows: number; bytes: number }> {
    return this.tenant.read(async (transaction) => {
      const rows = await (transaction as WriteTransaction).objectStore('outbox').count();
      return { rows, bytes: rows * BYTES_A_ROW };
    });
  }

  forget(generation: string): Promise<void> {
    return this.#change(async (transaction) => ({
      commit: await forgetServer(transaction, generation),
      result: undefined,
    }));
  }

  newReplica(): Promise<void> {
    return this.#change(async (transaction) => ({
      commit: null,
      result: await renameReplica(transaction),
    }));
  }

  adopt(tenant: string): Promise<void> {
    return this.#change(async (transaction) => {
      const standing = await readStanding(transaction);
      if (standing?.tenant !== undefined && standing.tenant !== tenant) {
        throw new SessionStoreError(
          'FAILED_PRECONDITION',
          'this database holds what somebody else synced. Open another with options.namespace',
          'options.namespace',
        );
      }
      if (standing) await putStanding(transaction, { ...standing, tenant });
      return { commit: null, result: undefined };
    });
  }

  end({ keep, discard = false }: { keep: boolean; discard?: boolean }): Promise<void> {
    return this.#change(async (transaction) => ({
      commit: await turnOff(transaction, keep, discard),
      result: undefined,
    }));
  }

  /** What this tab remembers is still so, but for these rows: the next save need not read all of it again. */
  #remember({ since, version }: Commit, rows: readonly SessionRow[]): void {
    const { recent } = this.tenant;
    if (recent.clock !== since) return;
    recent.clock = version;
    recent.isAlone = true;
    for (const row of rows) recent.sessions.set(row.id, row);
  }

  async #changing<T>(work: (changing: Changing, losing: Losing) => Promise<T>): Promise<T> {
    const { settings } = this.tenant;
    return this.#change(async (transaction) => {
      await readClock(transaction);
      const changing = new Changing(transaction);
      const result = await work(changing, new Losing(changing, () => newId(settings)));
      return { commit: await changing.finish(), result };
    });
  }

  /** Nobody waits for it, so that on a full disk it fails, and asks nobody for room. */
  async #change<T>(work: Work<T>): Promise<T> {
    let done: { result: T } | undefined;
    await this.tenant.rearrange(async (transaction) => {
      const { commit, result } = await work(transaction);
      done = { result };
      return commit;
    });
    return done!.result;
  }
}

/** Roughly: what is queued is not read to be counted. */
const BYTES_A_ROW = 2000;

/** With the values of lost fields decoded, which a transaction could not wait for. */
async function decodeResult(result: PushResult): Promise<PushResult> {
  if (isRefused(result) || !result.fields) return result;
  const fields = { ...result.fields };
  for (const [name, field] of Object.entries(fields))
    if ('lost' in field) fields[name] = { ...field, value: await decodeField(field.value) };
  return { ...result, fields };
}
