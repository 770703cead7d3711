import type {
  DeleteSnapshotOptions,
  ListOptions,
  ListSnapshotsOptions,
  SessionInfo,
  SessionPatch,
  SessionSnapshot,
  SessionTree,
  SnapshotInfo,
  SnapshotMutator,
  StatusName,
} from '../../src/index.js';
import { SessionStoreError } from '../../src/index.js';
import type { StoreApi } from './store-api.js';

export interface ModelOptions {
  rejectBranchingSessions?: boolean;
  maxPersistedChainLength?: number;
}

interface Row {
  id: string;
  owner: string | undefined;
  snapshot: SessionSnapshot<any>;
  createdMs: number;
  /** Grows with every write; settles ties. */
  order: number;
}

interface Session {
  id: string;
  createdMs: number;
  updatedMs: number;
  title?: string;
  metadata?: Record<string, unknown>;
  selected?: string;
}

const HEARTBEAT_TIMEOUT_MS = 60_000;

function fail(status: StatusName, why: string): never {
  throw new SessionStoreError(status, `by the model: ${why}`);
}

/** A snapshot as reads show it: a copy, `expired` where its worker is long dead. */
export function surface<T extends Pick<SessionSnapshot, 'status' | 'heartbeatAt'>>(snapshot: T): T {
  const { status, heartbeatAt } = snapshot;
  const dead =
    status === 'pending' &&
    heartbeatAt !== undefined &&
    Date.now() - Date.parse(heartbeatAt) > 5 * HEARTBEAT_TIMEOUT_MS;
  return structuredClone(dead ? { ...snapshot, status: 'expired' } : snapshot);
}

function info({ snapshot: { state, ...rest } }: Row): SnapshotInfo {
  const texts = (state?.messages ?? []).map(({ content }) => content.map(({ text = '' }) => text).join(''));
  const preview = texts.findLast((text) => text !== '') ?? '';
  return { ...surface(rest), summary: { messages: texts.length, preview } };
}

function page<T>(ascending: T[], { limit = 50, cursor = '0', order = 'desc' }: ListOptions) {
  const all = order === 'asc' ? ascending : [...ascending].reverse();
  const end = Number(cursor) + limit;
  return { entries: all.slice(Number(cursor), end), cursor: end < all.length ? String(end) : undefined };
}

/** The store as its documentation describes it: a map of rows, everything else computed from it by scanning. */
export class Model implements StoreApi {
  readonly rows = new Map<string, Row>();
  readonly #sessions = new Map<string, Session>();
  #writes = 0;

  constructor(readonly options: ModelOptions = {}) {}

  /** What a mutator is given. */
  stored(id: string | undefined): SessionSnapshot<any> | undefined {
    return id === undefined ? undefined : structuredClone(this.rows.get(id)?.snapshot);
  }

  /** `newId` is the id that the store made up, if it had to. */
  save(snapshotId: string | undefined, mutator: SnapshotMutator<any>, newId = ''): string | null {
    const input = mutator(this.stored(snapshotId));
    if (input === null) return null;
    if (input === undefined) fail('INVALID_ARGUMENT', 'not a snapshot');
    const id = snapshotId ?? input.snapshotId ?? newId;
    let snapshot: SessionSnapshot<any>;
    try {
      snapshot = structuredClone({ ...input, snapshotId: id });
    } catch {
      fail('INVALID_ARGUMENT', 'cannot be cloned');
    }
    const before = this.rows.get(id);
    const named = snapshot.sessionId ?? snapshot.state?.sessionId;
    const owner = before?.owner ?? named;
    if (named !== undefined && named !== owner) fail('FAILED_PRECONDITION', 'another session');
    if (named === undefined && owner !== undefined) snapshot.sessionId = owner;
    if (snapshot.parentId === id) {
      delete snapshot.parentId;
      if (before?.snapshot.parentId !== undefined) snapshot.parentId = before.snapshot.parentId;
    }
    const createdMs = Date.parse(snapshot.createdAt);
    this.rows.set(id, { id, owner, snapshot, createdMs, order: ++this.#writes });
    if (owner !== undefined) this.#touch(owner, snapshot, before?.owner !== owner);
    this.#prune(id);
    return id;
  }

  #touch(id: string, { snapshotId, parentId, createdAt, updatedAt }: SessionSnapshot, joins: boolean): void {
    const created = Date.parse(createdAt);
    const updated = Math.max(created, Date.parse(updatedAt ?? createdAt));
    const session = this.#sessions.get(id) ?? { id, createdMs: created, updatedMs: updated };
    session.createdMs = Math.min(session.createdMs, created);
    session.updatedMs = Math.max(session.updatedMs, updated);
    if (joins && parentId !== undefined && session.selected === parentId) session.selected = snapshotId;
    this.#sessions.set(id, session);
  }

  #prune(id: string): void {
    const { maxPersistedChainLength } = this.options;
    if (maxPersistedChainLength === undefined) return;
    const chain = new Set<string>();
    const { owner } = this.rows.get(id)!;
    for (let row = this.rows.get(id); row && row.owner === owner && !chain.has(row.id);) {
      chain.add(row.id);
      row = this.rows.get(row.snapshot.parentId ?? '');
    }
    this.#remove([...chain].slice(maxPersistedChainLength));
  }

  #remove(ids: Iterable<string>): number {
    let removed = 0;
    const parents = new Map<string, string | undefined>();
    for (const id of ids) {
      parents.set(id, this.rows.get(id)?.snapshot.parentId);
      if (this.rows.delete(id)) removed++;
    }
    for (const session of [...this.#sessions.values()]) {
      if (this.#of(session.id).length === 0) this.#sessions.delete(session.id);
      if (session.selected !== undefined && !this.rows.has(session.selected))
        this.#selectAncestor(session, parents);
    }
    return removed;
  }

  /** Of a snapshot that is gone the selection goes to the nearest ancestor that the session still has. */
  #selectAncestor(session: Session, gone: ReadonlyMap<string, string | undefined>): void {
    const seen = new Set<string>();
    let id = session.selected;
    delete session.selected;
    while (id !== undefined && !seen.has(id)) {
      seen.add(id);
      const row = this.rows.get(id);
      if (row?.owner === session.id) {
        session.selected = id;
        return;
      }
      id = row ? row.snapshot.parentId : gone.get(id);
    }
  }

  /** The rows of a session, or of none, oldest first. */
  #of(owner: string | undefined): Row[] {
    const rows = [...this.rows.values()].filter((row) => row.owner === owner);
    return rows.sort((a, b) => a.createdMs - b.createdMs || a.order - b.order);
  }

  #childrenOf(row: Row): Row[] {
    return this.#of(row.owner).filter(({ snapshot }) => snapshot.parentId === row.id);
  }

  /** Newest first. */
  #leavesOf(sessionId: string): Row[] {
    return this.#of(sessionId)
      .filter((row) => this.#childrenOf(row).length === 0)
      .reverse();
  }

  #head(sessionId: string): Row | undefined {
    const selected = this.#sessions.get(sessionId)?.selected;
    return selected === undefined ? this.#leavesOf(sessionId)[0] : this.rows.get(selected);
  }

  #info({ id, createdMs, updatedMs, selected, title, metadata }: Session): SessionInfo {
    return structuredClone({
      sessionId: id,
      ...(title !== undefined && { title }),
      ...(metadata !== undefined && { metadata }),
      createdAt: new Date(createdMs).toISOString(),
      updatedAt: new Date(updatedMs).toISOString(),
      snapshotCount: this.#of(id).length,
      ...(selected !== undefined && { selectedSnapshotId: selected }),
    });
  }

  async getSnapshot({ snapshotId, sessionId }: { snapshotId?: string; sessionId?: string }) {
    let row: Row | undefined;
    if (sessionId === undefined) row = this.rows.get(snapshotId!);
    else if (this.#sessions.has(sessionId)) {
      const leaves = this.#leavesOf(sessionId);
      if (leaves.length === 0) fail('FAILED_PRECONDITION', 'a cycle');
      if (leaves.length > 1 && this.options.rejectBranchingSessions) fail('FAILED_PRECONDITION', 'branches');
      row = leaves[0];
    }
    return row && surface(row.snapshot);
  }

  async listSessions(options: ListOptions = {}) {
    const sessions = [...this.#sessions.values()].sort(
      (a, b) => a.updatedMs - b.updatedMs || (a.id < b.id ? -1 : 1),
    );
    const { entries, cursor } = page(sessions, options);
    return { sessions: entries.map((session) => this.#info(session)), cursor, damaged: [] };
  }

  async getSession(sessionId: string) {
    const session = this.#sessions.get(sessionId);
    return session && this.#info(session);
  }

  async updateSession(sessionId: string, patch: SessionPatch) {
    const session = this.#sessions.get(sessionId) ?? fail('NOT_FOUND', 'no such session');
    if ('title' in patch) {
      delete session.title;
      if (patch.title !== undefined) session.title = patch.title;
    }
    if (patch.metadata) {
      const merged = Object.entries({ ...session.metadata, ...structuredClone(patch.metadata) });
      session.metadata = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
    }
    return this.#info(session);
  }

  async listSnapshots(options: ListSnapshotsOptions) {
    const { entries, cursor } = page(this.#of(options.sessionId), options);
    return { snapshots: entries.map(info), cursor, damaged: [] };
  }

  async getHistory(snapshotId: string) {
    const history = new Map<string, SnapshotInfo>();
    let row = this.rows.get(snapshotId) ?? fail('NOT_FOUND', 'no such snapshot');
    for (;;) {
      if (history.has(row.id)) fail('FAILED_PRECONDITION', 'a cycle');
      history.set(row.id, info(row));
      const parent = this.rows.get(row.snapshot.parentId ?? '');
      if (!parent) return [...history.values()].reverse();
      row = parent;
    }
  }

  async getTree(sessionId: string): Promise<SessionTree> {
    const rows = this.#of(sessionId);
    const nodes = new Map(
      rows.map((row) => [row.id, { ...info(row), children: this.#childrenOf(row).map(({ id }) => id) }]),
    );
    const reached = new Set<string>();
    const roots = new Set<string>();
    const plant = (root: string): void => {
      roots.add(root);
      const queue = [root];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        if (reached.has(id)) continue;
        reached.add(id);
        queue.push(...nodes.get(id)!.children);
      }
    };
    for (const [id, node] of nodes) if (!nodes.has(node.parentId ?? '')) plant(id);
    for (const id of nodes.keys()) if (!reached.has(id)) plant(id);
    return {
      sessionId,
      nodes,
      roots: [...nodes.keys()].filter((id) => roots.has(id)),
      leaves: this.#leavesOf(sessionId).map(({ id }) => id),
      headId: this.#head(sessionId)?.id,
      damaged: [],
    };
  }

  async getLeaves(sessionId: string) {
    return this.#leavesOf(sessionId).map(info);
  }

  async getHead(sessionId: string) {
    const head = this.#head(sessionId);
    return head && info(head);
  }

  async selectBranch(snapshotId: string) {
    const row = this.rows.get(snapshotId) ?? fail('NOT_FOUND', 'no such snapshot');
    if (row.owner === undefined) fail('FAILED_PRECONDITION', 'no session');
    const session = this.#sessions.get(row.owner)!;
    session.selected = snapshotId;
    return this.#info(session);
  }

  async deleteSnapshot(snapshotId: string, { subtree = false }: DeleteSnapshotOptions = {}) {
    const row = this.rows.get(snapshotId);
    if (!row) return 0;
    const doomed = new Set([row]);
    for (const each of doomed) for (const child of this.#childrenOf(each)) doomed.add(child);
    if (doomed.size > 1 && !subtree) fail('FAILED_PRECONDITION', 'others continue it');
    return this.#remove([...doomed].map(({ id }) => id));
  }

  async deleteSession(sessionId: string) {
    return this.#remove(this.#of(sessionId).map(({ id }) => id));
  }

  async clear() {
    this.#remove([...this.rows.keys()]);
  }
}
