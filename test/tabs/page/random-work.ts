import {
  IndexedDBSessionStore,
  type SessionStoreError,
  type Message,
  type SessionSnapshot,
} from '../../../src/index.js';
import { randomOf, type Random } from '../../transfer/mutations.js';
import { told, type Ledger, type Report } from './ledger.js';

/** Which database the tabs of one test share, and who this one is. */
export interface Assignment {
  database: string;
  tab: string;
  seed: number;
  /** The bytes that keys are made of, the one to write with first; `null` stands for no encryption. */
  keys?: (number | null)[] | undefined;
}

/** What a snapshot holds in all: one message for each step, so that it can be told whether it is whole. */
interface Contents {
  steps: string[];
  revision: number;
  by?: Record<string, number>;
}
type Store = IndexedDBSessionStore<Contents>;
type Snapshot = SessionSnapshot<Contents>;

/** Sessions of which nothing is ever deleted, and those of which anything may be. */
const KEPT = ['kept 0', 'kept 1'];
const FLEETING = ['fleeting 0', 'fleeting 1'];
const COUNTER = 'counter';

/** Some are short, some too long to be kept inline, some are media; always the same for the same step. */
function messageOf(step: string): Message {
  let hash = 7;
  for (const letter of step) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  const text = `${step} `.repeat(1 + (hash % 200));
  const image = { media: { url: `data:image/png;base64,${btoa(step).replaceAll('=', '').repeat(900)}` } };
  return { role: 'user', content: [...(hash % 8 === 0 ? [image] : []), { text }] };
}

const stateOf = (custom: Contents) => ({ messages: custom.steps.map(messageOf), custom });

/** What is wrong with a snapshot that was read. */
function flawIn(snapshot: Snapshot): string | undefined {
  const { custom, messages } = snapshot.state ?? {};
  if (!custom) return 'has lost its state';
  if (custom.by) {
    const sum = Object.values(custom.by).reduce((a, b) => a + b, 0);
    if (sum !== custom.revision) return `counts ${custom.revision}, which is not the sum of ${sum}`;
  }
  const expected = JSON.stringify(custom.steps.map(messageOf));
  return JSON.stringify(messages) === expected ? undefined : 'has other messages than it was given';
}

/** What others do at the same time may be in the way: they delete what was chosen, or write with another key. */
const EXPECTED: Record<string, string> = { select: 'NOT_FOUND', read: 'NOT_FOUND', rekey: 'ABORTED' };

const at = () => new Date().toISOString();

async function keyOf(byte: number | null): Promise<CryptoKey | null> {
  if (byte === null) return null;
  const bytes = new Uint8Array(32).fill(byte);
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

async function openStore({ database, keys }: Assignment): Promise<Store> {
  const [key, ...previousKeys] = await Promise.all((keys ?? []).map(keyOf));
  return new IndexedDBSessionStore<Contents>({
    name: database,
    ...(key !== undefined && { encryption: { key, previousKeys } }),
  });
}

/** A tab that does one thing after another, whatever comes to its mind, until it is stopped or ended. */
export class RandomWork {
  readonly #random: Random;
  #isStopped = false;
  #made = 0;
  #lanes: Promise<unknown> = Promise.resolve();
  /** What this tab has saved, and how often it has saved it anew. */
  readonly #own = new Map<string, { sessionId: string; contents: Contents }>();

  private constructor(
    readonly assignment: Assignment,
    readonly store: Store,
    readonly tell: (report: Report) => void,
  ) {
    this.#random = randomOf(assignment.seed);
  }

  static async begin(assignment: Assignment): Promise<RandomWork> {
    const work = new RandomWork(
      assignment,
      await openStore(assignment),
      told(assignment.database, assignment.tab),
    );
    work.#watch();
    // What is never deleted is there from the beginning.
    for (const sessionId of KEPT) await work.#save(sessionId);
    work.#lanes = Promise.all([work.#go(), work.#go()]);
    return work;
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#lanes;
  }

  /** Everything that is wrong with what is stored, for one who knows what was saved. */
  async complaints({ saved, added }: Pick<Ledger, 'saved' | 'added'>): Promise<string[]> {
    const complaints: string[] = [];
    const read = (snapshotId: string) =>
      this.store.getSnapshot({ snapshotId }).catch((error: unknown) => {
        complaints.push(`${snapshotId} cannot be read: ${error}`);
        return undefined;
      });
    for (const [id, revision] of Object.entries(saved)) {
      const snapshot = await read(id);
      if (!snapshot) complaints.push(`${id} is lost`);
      else if (snapshot.state!.custom!.revision < revision)
        complaints.push(`${id} is older than ${revision}`);
      else this.#look(snapshot, (flaw) => complaints.push(flaw));
    }
    const counter = await read(COUNTER);
    for (const [tab, times] of Object.entries(added)) {
      const found = counter?.state?.custom?.by?.[tab] ?? 0;
      if (found < times) complaints.push(`${tab} added ${times} times, and ${found} are there`);
    }
    if (counter) this.#look(counter, (flaw) => complaints.push(flaw));
    const { problems, quarantined } = await this.store.check();
    complaints.push(...problems.map((problem) => JSON.stringify(problem)));
    if (quarantined > 0) complaints.push(`${quarantined} rows are quarantined`);
    const { sessions, damaged } = await this.store.listSessions({ limit: 1000 });
    complaints.push(...damaged.map((id) => `${id} is damaged`));
    for (const { sessionId, snapshotCount } of sessions) {
      const { nodes, damaged } = await this.store.getTree(sessionId);
      complaints.push(...damaged.map((id) => `${id} is damaged`));
      if (nodes.size !== snapshotCount)
        complaints.push(`${sessionId} has ${nodes.size}, not ${snapshotCount}`);
    }
    return complaints;
  }

  /** Whether its watcher has heard here of what the counter says now. */
  async hasHeardAll(): Promise<boolean> {
    const counter = await this.store.getSnapshot({ snapshotId: COUNTER });
    return this.#heard === (counter?.state?.custom?.revision ?? 0);
  }

  #heard = 0;

  #watch(): void {
    this.store.onSnapshotStateChange(COUNTER, (snapshot) => {
      this.#look(snapshot);
      const { revision } = snapshot.state!.custom!;
      if (revision < this.#heard)
        this.tell({ type: 'wrong', what: `heard ${revision} after ${this.#heard}` });
      this.#heard = revision;
    });
    for (const sessionId of KEPT) {
      this.store.onSessionChange(sessionId, ({ type }) => {
        if (type === 'deleted') this.tell({ type: 'wrong', what: `heard that ${sessionId} was deleted` });
      });
    }
  }

  #look(snapshot: Snapshot, tell = (what: string) => this.tell({ type: 'wrong', what })): void {
    const flaw = flawIn(snapshot);
    if (flaw) tell(`${snapshot.snapshotId} ${flaw}`);
  }

  #below = (limit: number) => Math.floor(this.#random() * limit);
  #pick = <T>(items: readonly T[]): T => items[this.#below(items.length)]!;
  #anything = () => this.#pick(KEPT.concat(KEPT, FLEETING));

  async #go(): Promise<void> {
    const choices = Object.entries(this.#actions).flatMap(([name, [weight, action]]) =>
      Array.from({ length: name === 'rekey' && !this.assignment.keys ? 0 : weight }, () => ({
        name,
        action,
      })),
    );
    while (!this.#isStopped) {
      const { name, action } = this.#pick(choices);
      try {
        await action();
        this.tell({ type: 'did', name });
      } catch (error) {
        if (EXPECTED[name] === (error as SessionStoreError).status) continue;
        this.tell({
          type: 'wrong',
          what: `${this.assignment.tab}: ${name} failed: ${error}, ${(error as Error).cause}`,
        });
      }
    }
  }

  /** How often each is done, and how. */
  readonly #actions: Record<string, [weight: number, action: () => Promise<unknown>]> = {
    save: [12, () => this.#save(this.#anything())],
    several: [2, () => Promise.all(Array.from({ length: 8 }, () => this.#save(this.#pick(KEPT))))],
    add: [10, () => this.#add()],
    rewrite: [4, () => this.#rewrite()],
    title: [2, () => this.store.updateSession(this.#pick(KEPT), { title: at() })],
    select: [2, async () => this.#selectOne(this.#anything())],
    read: [4, () => this.#read(this.#anything())],
    remove: [3, () => this.#remove(this.#pick(FLEETING))],
    removeAll: [1, () => this.store.deleteSession(this.#pick(FLEETING))],
    compact: [1, () => this.store.compact()],
    check: [1, () => this.#check()],
    transfer: [1, () => this.#transfer(this.#pick(FLEETING))],
    rekey: [2, () => this.store.rekey()],
  };

  /** Goes on from any snapshot of the session, or begins anew. */
  async #save(sessionId: string): Promise<void> {
    const { snapshots } = await this.store.listSnapshots({ sessionId, limit: 30 });
    const parents = snapshots.filter(({ snapshotId }) => snapshotId !== COUNTER);
    const chosen = this.#below(8) > 0 && parents.length > 0 ? this.#pick(parents).snapshotId : undefined;
    const parent = chosen && (await this.store.getSnapshot({ snapshotId: chosen }));
    if (parent) this.#look(parent);
    const before = parent ? parent.state!.custom!.steps : [];
    const goesOn = parent && before.length < 20;

    const id = `${this.assignment.tab}-${this.#made++}`;
    const contents = { steps: [...(goesOn ? before : []), id], revision: 0 };
    await this.store.saveSnapshot(id, () => ({
      sessionId,
      ...(goesOn && { parentId: parent.snapshotId }),
      createdAt: at(),
      status: 'completed',
      state: stateOf(contents),
    }));
    if (!KEPT.includes(sessionId)) return;
    this.tell({ type: 'saved', id, revision: 0 });
    this.#own.set(id, { sessionId, contents });
  }

  /** Adds one to what all tabs count together. */
  async #add(): Promise<void> {
    const { tab } = this.assignment;
    await this.store.saveSnapshot(COUNTER, (current) => {
      const { revision, by = {} } = current?.state?.custom ?? { revision: 0 };
      const next = revision + 1;
      const steps = Array.from({ length: 1 + (next % 5) }, (_, n) => `count ${next - n}`);
      return {
        sessionId: KEPT[0]!,
        createdAt: current?.createdAt ?? at(),
        status: 'completed',
        state: stateOf({ steps, revision: next, by: { ...by, [tab]: (by[tab] ?? 0) + 1 } }),
      };
    });
    this.tell({ type: 'added', tab });
  }

  /** Gives what this tab has saved another end. */
  async #rewrite(): Promise<void> {
    if (this.#own.size === 0) return;
    const [id, { sessionId, contents }] = this.#pick([...this.#own]);
    const revision = contents.revision + 1;
    const next = { steps: [...contents.steps.slice(0, -1), `${id} again ${revision}`], revision };
    this.#own.set(id, { sessionId, contents: next });
    const stored = await this.store.saveSnapshot(id, (current) => {
      // The other lane may have been faster.
      if (current && current.state!.custom!.revision >= revision) return null;
      return { ...current, sessionId, createdAt: current?.createdAt ?? at(), state: stateOf(next) };
    });
    if (stored !== null) this.tell({ type: 'saved', id, revision });
  }

  async #selectOne(sessionId: string): Promise<void> {
    const { snapshots } = await this.store.listSnapshots({ sessionId, limit: 30 });
    if (snapshots.length > 0) await this.store.selectBranch(this.#pick(snapshots).snapshotId);
  }

  async #read(sessionId: string): Promise<void> {
    const snapshot = await this.store.getSnapshot({ sessionId });
    if (!snapshot) return;
    this.#look(snapshot);
    await this.store.getTree(sessionId);
    await this.store.getHistory(snapshot.snapshotId);
  }

  async #remove(sessionId: string): Promise<void> {
    const { snapshots } = await this.store.listSnapshots({ sessionId, limit: 30 });
    if (snapshots.length > 0)
      await this.store.deleteSnapshot(this.#pick(snapshots).snapshotId, { subtree: true });
  }

  async #check(): Promise<void> {
    const { problems } = await this.store.check({ repair: this.#below(3) === 0 });
    if (problems.length > 0) this.tell({ type: 'wrong', what: JSON.stringify(problems.slice(0, 3)) });
  }

  /** Exports a session and imports it as another, which is deleted. */
  async #transfer(sessionId: string): Promise<void> {
    const file = await new Response(this.store.exportSessions({ sessionIds: [sessionId] })).blob();
    const { sessions } = await this.store.importSessions(file.stream(), { onConflict: 'fork' });
    for (const { newId } of sessions) {
      if (newId === undefined) continue;
      const snapshot = await this.store.getSnapshot({ sessionId: newId });
      if (snapshot) this.#look(snapshot);
      await this.store.deleteSession(newId);
    }
  }
}
