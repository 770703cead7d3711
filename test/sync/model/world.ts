import type { Action, LocalAction } from './actions.js';
import { Device, type View } from './device.js';
import type { TestHandler } from './handler.js';
import { type KeptTenant, keepTenant, restoreTenant } from './kept-tenant.js';
import { Ledger } from './ledger.js';
import { importFile } from './import-file.js';
import { below, message, pick, type SnapshotLike, textsOf, SO_FAR } from './chat.js';
import { differences, namesWithTwoDigests, requireSound, same } from './in-the-end.js';

const DEVICES = 3;
/** Ids that an app has for its sessions, whatever device it runs on; they are used again after a delete. */
const FIXED = ['trip', 'plan'];
const BASE = Date.UTC(2026, 0, 1);
/** One clock is a year ahead. */
const SKEW_MS = [0, -3_600_000, 365 * 86_400_000];
/** Rounds of all devices until nobody has anything to say to anybody. */
const MOST_ROUNDS = 8;

type Sync = Extract<Action, { type: 'sync' }>;

/** Three devices of one person, and their server. */
export class World {
  readonly ledger = new Ledger();
  readonly #devices: Device[] = [];
  #texts = 0;
  #ids = 0;
  #keptServer: KeptTenant | undefined;
  /**
   * A session that was never sent has no incarnation yet. One that is sent from two copies of a database has two, and "two that
   * meet under one id are both kept, the later with a new session id, and the app is told" (sync.md, section 3).
   */
  #isSetBack = false;
  readonly #keptAt: number[] = [];

  private constructor(
    readonly server: TestHandler,
    readonly tenant: string,
  ) {}

  static async open(server: TestHandler, tenant: string): Promise<World> {
    const world = new World(server, tenant);
    for (let n = 0; n < DEVICES; n++) {
      world.#devices.push(await Device.open(`${tenant}-${n}`, server.handler, tenant));
    }
    return world;
  }

  async close(): Promise<void> {
    for (const device of this.#devices) await device.close();
  }

  async perform(action: Action): Promise<void> {
    this.ledger.step += 1;
    const device = this.#devices[action.device]!;
    switch (action.type) {
      case 'sync':
        return this.#sync(action.device, action);
      case 'syncTwice':
        return this.#syncTwice(action.device);
      case 'restart':
        return device.restart();
      case 'keepServer':
        return void (this.#keptServer = await keepTenant(this.server.database, this.tenant));
      case 'restoreServer':
        this.ledger.isSetBack = true;
        if (this.#keptServer) await restoreTenant(this.server.database, this.tenant, this.#keptServer);
        return;
      case 'keep':
        await this.#sync(action.device);
        device.kept = await device.dump();
        return void (this.#keptAt[action.device] = this.ledger.step);
      case 'setBack':
        if (!device.kept) return;
        this.#isSetBack = this.ledger.isSetBack = true;
        await device.become(device.kept);
        return this.ledger.setBack(action.device, this.#keptAt[action.device]!);
      case 'copy':
        if (action.from === action.device) return;
        await this.#sync(action.from);
        this.#isSetBack = this.ledger.isSetBack = true;
        await device.become(await this.#devices[action.from]!.dump());
        return this.ledger.setBack(action.device, 0);
      default:
        return this.#local(action.device, action);
    }
  }

  /** Everybody syncs until all is said; then all devices, and a new one, show the same, and nothing is missing or back. */
  async settle(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const [index, device] of this.#devices.entries()) {
        this.ledger.step += 1;
        device.network.begin();
        this.ledger.tried(index);
        await device.sync();
        this.ledger.synced(index);
      }
      if ((await this.#views()).every((view, _, [first]) => same(view, first!)) && round > 1) break;
    }
    const fresh = await Device.open(`${this.tenant}-fresh`, this.server.handler, this.tenant);
    try {
      await fresh.sync();
      const [first, ...others] = await this.#views();
      for (const [index, view] of [...others, await fresh.view()].entries()) {
        if (!same(view, first!))
          throw new Error(`device 0 and ${index + 1} differ:\n${differences(first!, view)}`);
      }
      const problems = this.ledger.problems(first!);
      // A rescue has "new ids for its whole path".
      const mayDouble = this.#wasTold('rescued') || (this.#isSetBack && this.#wasTold('session-renamed'));
      if (!mayDouble) problems.push(...this.ledger.doubled(first!).map((text) => `doubled: ${text}`));
      problems.push(...namesWithTwoDigests(this.#devices));
      if (problems.length > 0) throw new Error(`${problems.join('\n')}\n${JSON.stringify(first, null, 1)}`);
      for (const device of this.#devices) await requireSound(device);
    } finally {
      await fresh.close();
    }
  }

  #wasTold(event: string): boolean {
    return this.#devices.some(({ events }) => events.some(({ type }) => type === event));
  }

  #views = (): Promise<View[]> => Promise.all(this.#devices.map((device) => device.view()));

  async #sync(index: number, { fault, meanwhile }: Omit<Sync, 'device' | 'type'> = {}): Promise<void> {
    const device = this.#devices[index]!;
    const { ledger } = this;
    const during = meanwhile && {
      request: meanwhile.request,
      run: async () => {
        // Before and after it a push may have been under way.
        ledger.step += 1;
        await this.#local(index, meanwhile.action);
        ledger.step += 1;
        ledger.tried(index);
      },
    };
    device.network.begin(fault, during);
    ledger.tried(index);
    try {
      await device.sync();
      ledger.synced(index);
    } catch (error) {
      if (!fault) throw error;
    } finally {
      device.network.begin();
    }
  }

  async #syncTwice(index: number): Promise<void> {
    const device = this.#devices[index]!;
    const other = await device.otherTab();
    device.network.begin();
    this.ledger.tried(index);
    await Promise.all([device.sync(), device.sync(other)]);
    this.ledger.synced(index);
  }

  async #local(index: number, action: LocalAction): Promise<void> {
    const device = this.#devices[index]!;
    const { store } = device;
    const at = new Date(BASE + SKEW_MS[index]! + this.ledger.step * 1000).toISOString();
    switch (action.type) {
      case 'save':
      case 'begin':
        return this.#save(index, action, at);
      case 'import':
        return this.#import(index, action.session, at);
      case 'title':
      case 'metadata': {
        const session = pick(await device.sessions(), action.session);
        if (!session) return;
        const value = `value ${this.#texts++}`;
        const patch =
          action.type === 'title'
            ? { title: value }
            : { metadata: { [action.key]: action.removed ? undefined : value } };
        await store.updateSession(session.sessionId, patch);
        return;
      }
      case 'deleteSession': {
        const session = pick(await device.sessions(), action.session);
        if (!session) return;
        const snapshots = await device.snapshots(session.sessionId);
        await store.deleteSession(session.sessionId);
        for (const snapshot of snapshots) this.#deleted(index, snapshot as SnapshotLike);
        this.ledger.deletedSession(index, this.#lives(snapshots as SnapshotLike[]));
        return;
      }
      default:
        return this.#onSnapshot(index, action, at);
    }
  }

  async #onSnapshot(
    index: number,
    action: Extract<LocalAction, { snapshot: number }>,
    at: string,
  ): Promise<void> {
    const device = this.#devices[index]!;
    const { store } = device;
    const all = (await this.#all(device)).filter(({ status }) => {
      const isPending = status === 'pending' || status === 'expired';
      return action.type === 'finish' ? isPending : action.type === 'rewrite' ? !isPending : true;
    });
    const snapshot = pick(all, action.snapshot);
    if (!snapshot) return;
    const { snapshotId } = snapshot;
    if (action.type === 'select') return void (await store.selectBranch(snapshotId));
    if (action.type === 'deleteSnapshot') {
      const tree = await store.getTree(snapshot.sessionId!);
      const reached = below(snapshotId, tree.nodes);
      if (!action.subtree && reached.length > 1) return;
      await store.deleteSnapshot(snapshotId, { subtree: action.subtree });
      const gone = all.filter((other) => reached.includes(other.snapshotId));
      for (const other of gone) this.#deleted(index, other);
      // A session ends with the last snapshot that its device has of it, and "deletes win" (sync.md, section 5).
      if (tree.nodes.size === gone.length) this.ledger.deletedSession(index, this.#lives(gone));
      return;
    }
    const text = this.#text(action.type);
    const before = textsOf(snapshot);
    await store.saveSnapshot(snapshotId, (current) => {
      const messages = textsOf(current as SnapshotLike);
      return {
        ...current!,
        updatedAt: at,
        status: action.type === 'finish' ? action.status : current!.status!,
        state: { messages: [...messages.slice(0, -1), text].map(message) },
      };
    });
    if (action.type === 'rewrite') this.ledger.writtenOver(before.at(-1));
    this.ledger.saved(text, index, snapshotId, this.ledger.lifeOf(before) ?? this.ledger.newLife());
  }

  async #save(
    index: number,
    { type, session, parent }: Extract<LocalAction, { session: number; parent: number }>,
    at: string,
  ): Promise<void> {
    const device = this.#devices[index]!;
    const known = (await device.sessions()).map(({ sessionId }) => sessionId);
    const choices = [...new Set([...FIXED, ...known, `session ${this.#ids++}`])];
    const sessionId = pick(choices, session)!;
    const snapshots = known.includes(sessionId)
      ? ((await device.snapshots(sessionId)) as SnapshotLike[])
      : [];
    const below = parent === 0 ? undefined : pick(snapshots, parent - 1);
    // What a pending turn has said so far is nobody's to go on from.
    const from = below?.status === 'pending' || below?.status === 'expired' ? undefined : below;
    const texts = from ? textsOf(from) : [];
    const text = type === 'begin' ? SO_FAR : this.#text('save');
    const snapshotId = `snapshot ${this.#ids++}`;
    await device.store.saveSnapshot(snapshotId, () => ({
      sessionId,
      ...(from && { parentId: from.snapshotId }),
      createdAt: at,
      ...(type === 'begin' && { heartbeatAt: new Date().toISOString() }),
      status: type === 'begin' ? 'pending' : 'completed',
      state: { messages: [...texts, text].map(message) },
    }));
    if (type === 'begin') return;
    const life =
      this.ledger.lifeOf(texts) ?? this.ledger.lifeOf(snapshots.flatMap(textsOf)) ?? this.ledger.newLife();
    this.ledger.saved(text, index, snapshotId, life);
  }

  /** A file with one session, made by another store. */
  async #import(index: number, session: number, at: string): Promise<void> {
    const { store } = this.#devices[index]!;
    const sessionId = pick([...FIXED, `imported ${this.#ids++}`], session)!;
    const text = this.#text('import');
    const snapshotId = `snapshot ${this.#ids++}`;
    const file = await importFile(`${this.tenant}-file`, sessionId, snapshotId, text, at);
    const report = await store.importSessions(file, { onConflict: 'skip' });
    if (report.sessions.every(({ outcome }) => outcome === 'imported')) {
      this.ledger.saved(text, index, snapshotId, this.ledger.newLife());
    }
  }

  async #all(device: Device): Promise<(SnapshotLike & { sessionId?: string })[]> {
    const all: SnapshotLike[] = [];
    for (const { sessionId } of await device.sessions()) {
      all.push(...((await device.snapshots(sessionId)) as SnapshotLike[]));
    }
    return all;
  }

  #lives(snapshots: readonly SnapshotLike[]): string[] {
    return snapshots.flatMap((snapshot) => this.ledger.lifeOf(textsOf(snapshot)) ?? []);
  }

  #deleted(device: number, snapshot: SnapshotLike): void {
    this.ledger.deletedSnapshot(device, snapshot.snapshotId, textsOf(snapshot).at(-1));
  }

  #text(what: string): string {
    return `${what} ${this.#texts++}`;
  }
}
