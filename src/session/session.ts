import { nanoid } from 'nanoid';
import type { AppendOptions, Branches, DuplicateOptions, Session, Turn, TurnOptions } from '../types/chat.js';
import type { Message } from '../types/message.js';
import type { SessionInfo, SessionTree } from '../types/session.js';
import { type Added, addedOf } from '../logs/extend.js';
import { noSnapshot, type SessionExtras } from '../snapshots/save/extension.js';
import { requireId, taken } from '../values/arguments.js';
import { cloned } from '../values/clone.js';
import { nonBlank, optional, type Shape, string, signal as abortSignal } from '../values/schema.js';
import { againShape, appendShape, changesOf, messagesOf, turnShape } from './arguments.js';
import { branchesIn } from './branches.js';
import { LiveTurn } from './live-turn.js';
import type { SessionPort } from './port.js';

const copyShape = {
  upTo: optional(nonBlank),
  sessionId: optional(nonBlank),
  title: optional(string),
  signal: abortSignal,
};

/** What brings a session's row up to date; copied as it is at the call. */
const extrasOf = ({ title, metadata }: AppendOptions): SessionExtras => ({
  isSelected: true,
  title,
  metadata: metadata && cloned(metadata, 'options', 'metadata'),
});

const now = () => new Date().toISOString();

/** What was given beside messages, checked and copied. */
interface Given<S> {
  call: TurnOptions<S>;
  changes: Record<string, unknown>;
  extras: SessionExtras;
}

/** One session of a store, as a chat uses it. */
export class StoredSession<S> implements Session<S> {
  constructor(
    readonly sessionId: string,
    port: SessionPort<S>,
  ) {
    this.#port = port;
  }

  readonly #port: SessionPort<S>;

  async messages(options: { at?: string | undefined } = {}): Promise<readonly Message[]> {
    const { at } = taken<typeof options>({ at: optional(nonBlank) }, options);
    for (;;) {
      const id = at ?? (await this.#port.store.getHead(this.sessionId, this.#port.call))?.snapshotId;
      const snapshot =
        id === undefined
          ? undefined
          : await this.#port.store.getSnapshot({ ...this.#port.call, snapshotId: id });
      if (at !== undefined && snapshot?.sessionId !== this.sessionId)
        throw noSnapshot(at, this.sessionId, 'options.at');
      // A head that is gone by now was deleted meanwhile, and there is another one.
      if (snapshot || id === undefined) return snapshot?.state?.messages ?? [];
    }
  }

  async append(messages: Message | readonly Message[], options: AppendOptions<S> = {}): Promise<string> {
    const given = this.#taken(appendShape, options);
    const save = this.#completed(messagesOf(messages, 'messages'), given);
    await this.#port.save([save]);
    return save.newId;
  }

  async startTurn(options: TurnOptions<S> = {}): Promise<Turn<S>> {
    const given = this.#taken(turnShape, options);
    const { messages } = given.call;
    return this.#begin(given, messages === undefined ? undefined : messagesOf(messages, 'options.messages'));
  }

  async #begin(given: Given<S>, added: Added | undefined): Promise<Turn<S>> {
    const { sessionId } = this;
    const port = this.#port;
    const { call, changes, extras } = given;
    const question = added && !call.oneSnapshot ? this.#completed(added, given) : undefined;
    const snapshotId = port.newId();
    const runId = nanoid();
    const extension = {
      sessionId,
      after: question?.newId ?? call.after,
      added: question ? undefined : added,
      changes: question ? {} : changes,
      info: () => ({ status: 'pending', heartbeatAt: now(), runId }),
    };
    const turn = { snapshotId: undefined, newId: snapshotId, extension, extras };
    await port.save(question ? [question, turn] : [turn]);
    const messages = (await port.store.getSnapshot({ ...port.call, snapshotId }))?.state?.messages ?? [];
    return new LiveTurn(port, { sessionId, snapshotId, runId, messages }, call);
  }

  async again(snapshotId?: string, options: TurnOptions<S> = {}): Promise<Turn<S>> {
    const given = this.#taken(againShape, options);
    const tree = await this.#tree(snapshotId);
    const { path, messages: places } = branchesIn(tree, snapshotId);
    const messages = await this.messages({ at: path.at(-1) });
    // Without holes, of which there may be more than anybody could go through.
    const indexes = Object.keys(messages).map(Number);
    const question = indexes[indexes.map((n) => messages[n]?.role).lastIndexOf('user')] ?? -1;
    const id = places[question]?.snapshotId;
    const { status = 'completed' } = tree.nodes.get(id ?? '') ?? {};
    // A turn of one snapshot has its answer, or has ended without one; a question of its own is complete.
    const oneSnapshot = !!id && (id === places[question + 1]?.snapshotId || status !== 'completed');
    const after = (oneSnapshot ? path[path.indexOf(id) - 1] : id) ?? null;
    const own = indexes.filter((n) => n <= question && places[n]?.snapshotId === id && messages[n]?.role);
    // As they were saved: other frameworks have messages of other shapes.
    const added = oneSnapshot ? addedOf(own.map((n) => messages[n])) : undefined;
    Object.assign(given.call, { oneSnapshot, after });
    return this.#begin(given, added);
  }

  async abort(snapshotId?: string): Promise<number> {
    const { sessionId } = this;
    const infos =
      snapshotId === undefined
        ? [...(await this.#port.store.getTree(sessionId, this.#port.call)).nodes.values()]
        : [await this.#requireInfo(snapshotId)];
    // What reads as expired may be of a tab that sleeps, and is still pending.
    const pending = infos.filter(({ status }) => status === 'pending' || status === 'expired');
    const extension = {
      sessionId,
      changes: {},
      info: () => ({ status: 'aborted', finishReason: 'aborted', updatedAt: now() }),
    };
    if (pending.length === 0) return 0;
    const saved = await this.#port.save(pending.map(({ snapshotId }) => ({ snapshotId, extension })));
    return saved.filter((id) => id !== null).length;
  }

  async select(snapshotId: string): Promise<SessionInfo> {
    await this.#requireInfo(snapshotId);
    return this.#port.store.selectBranch(snapshotId, this.#port.call);
  }

  async branches(snapshotId?: string): Promise<Branches> {
    return branchesIn(await this.#tree(snapshotId), snapshotId);
  }

  async duplicate(options: DuplicateOptions = {}): Promise<Session<S>> {
    const call = taken<DuplicateOptions>(copyShape, options);
    const { sessionId: to = this.#port.newId(), upTo, title, signal } = call;
    signal?.throwIfAborted();
    await this.#port.duplicate({ from: this.sessionId, to, upTo, title, signal, newId: this.#port.newId });
    return this.#port.store.session(to, this.#port.call);
  }

  /** Everything as it is at the call. */
  #taken(shape: Shape, options: TurnOptions<S>): Given<S> {
    const call = taken(shape, options);
    call.signal?.throwIfAborted();
    return { call, changes: changesOf(call, this.#port), extras: extrasOf(call) };
  }

  async #tree(snapshotId: string | undefined): Promise<SessionTree> {
    if (snapshotId !== undefined) requireId(snapshotId, 'snapshotId');
    const tree = await this.#port.store.getTree(this.sessionId, this.#port.call);
    if (snapshotId !== undefined && !tree.nodes.has(snapshotId))
      throw noSnapshot(snapshotId, this.sessionId, 'snapshotId');
    return tree;
  }

  async #requireInfo(snapshotId: string) {
    requireId(snapshotId, 'snapshotId');
    const info = await this.#port.store.getSnapshotInfo(snapshotId, this.#port.call);
    if (info?.sessionId !== this.sessionId) throw noSnapshot(snapshotId, this.sessionId, 'snapshotId');
    return info;
  }

  /** The save of messages as a completed snapshot. */
  #completed(added: Added, { call, changes, extras }: Given<S>) {
    const extension = {
      sessionId: this.sessionId,
      after: call.after,
      added,
      changes,
      info: () => ({ status: 'completed' }),
    };
    return { snapshotId: undefined, newId: this.#port.newId(), extension, extras };
  }
}
