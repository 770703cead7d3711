import { expect } from 'vitest';
import type {
  Branches,
  SessionTree,
  IndexedDBSessionStore,
  Message,
  SessionSnapshot,
  SnapshotInfo,
  Turn,
} from '../../src/index.js';
import { Model } from '../property/model.js';
import { summaryOf } from './messages.js';

interface Live {
  turn: Turn<any>;
  question: Message[];
  latest: Message[] | undefined;
  isSlow: boolean;
}

const now = () => new Date().toISOString();

/** A chat that is done to stores over one database and, naively, to a model. */
export class ChatRun {
  readonly model: Model;
  readonly turns: Live[] = [];
  #marks = 0;

  constructor(
    readonly stores: IndexedDBSessionStore<any>[],
    longest: number | undefined,
  ) {
    this.model = new Model(longest === undefined ? {} : { maxPersistedChainLength: longest });
  }

  mark(): string {
    return String.fromCharCode(97 + (this.#marks % 26)) + this.#marks++;
  }

  async ids(sessionId: string): Promise<string[]> {
    return [...(await this.model.getTree(sessionId)).nodes.keys()];
  }

  /** Saves in the model what the store has saved as `id`, apart from what only the store knows. */
  async mirror(id: string, expected: Partial<SessionSnapshot<any>>): Promise<void> {
    const shown: Partial<SnapshotInfo & { runId: string }> =
      (await this.stores[0]!.getSnapshotInfo(id)) ?? {};
    const { createdAt, updatedAt, heartbeatAt, runId } = shown;
    const before = this.model.stored(id);
    const own = { createdAt, updatedAt, heartbeatAt, runId };
    for (const [key, value] of Object.entries(own)) if (value === undefined) delete own[key as never];
    const made = { ...(!before && { createdAt: now() }), ...before, ...own, ...expected };
    this.model.save(before ? id : undefined, () => made as SessionSnapshot<any>, id);
  }

  /** What a new snapshot has of the one that it continues. */
  async continued(sessionId: string, after: string | null | undefined, added: Message[], changes: object) {
    const parentId =
      after === undefined ? (await this.model.getHead(sessionId))?.snapshotId : (after ?? undefined);
    const base = parentId === undefined ? undefined : this.model.stored(parentId)!.state;
    const state = structuredClone({ ...base, ...(!base && { sessionId }), ...changes });
    state.messages = [...(state.messages ?? []), ...added];
    return { sessionId, ...(parentId !== undefined && { parentId }), state };
  }

  async described(sessionId: string, id: string, title: string | undefined): Promise<void> {
    await this.model.selectBranch(id);
    const { title: before } = (await this.model.getSession(sessionId))!;
    if (title !== undefined && before === undefined) await this.model.updateSession(sessionId, { title });
  }

  async compare(stores = this.stores): Promise<void> {
    for (const store of stores) {
      const { sessions } = await store.listSessions();
      const expected = (await this.model.listSessions()).sessions;
      expect(sessions.map((each) => each.sessionId).sort()).toEqual(
        expected.map((each) => each.sessionId).sort(),
      );
      for (const { sessionId, ...info } of expected) {
        const shown = (await store.getSession(sessionId))!;
        for (const key of ['title', 'metadata', 'snapshotCount', 'selectedSnapshotId'] as const)
          expect(shown[key], key).toEqual(info[key]);
        const [tree, naive] = [await store.getTree(sessionId), await this.model.getTree(sessionId)];
        for (const node of naive.nodes.values())
          node.summary = summaryOf(this.model.stored(node.snapshotId)!.state?.messages);
        for (const nodes of [tree.nodes, naive.nodes])
          for (const node of nodes.values())
            for (const key of ['heartbeatAt', 'updatedAt'] as const) delete node[key];
        expect(tree).toEqual(naive);
        for (const id of naive.nodes.keys()) {
          const { state } = (await store.getSnapshot({ snapshotId: id }))!;
          expect(state, id).toEqual(this.model.stored(id)!.state);
        }
        expect(await store.session(sessionId).branches()).toEqual(this.#branches(naive));
        const messages = await store.session(sessionId).messages();
        expect(messages).toEqual(this.model.stored(naive.headId)?.state?.messages ?? []);
      }
    }
    expect((await stores[0]!.check()).problems).toEqual([]);
  }

  #branches({ nodes, roots, leaves, headId }: SessionTree): Branches {
    const path: string[] = [];
    for (let id = headId; id !== undefined && nodes.has(id); id = nodes.get(id)!.parentId) path.unshift(id);
    const place = (id: string) => {
      const siblings = roots.includes(id) ? roots : nodes.get(nodes.get(id)!.parentId!)!.children;
      return { siblings, index: siblings.indexOf(id) };
    };
    const continues = (id: string | undefined): boolean =>
      id !== undefined && (id === headId || continues(nodes.get(id)?.parentId));
    const messages: Branches['messages'] = [];
    for (const id of path) {
      const { length } = this.model.stored(id)!.state?.messages ?? [];
      while (messages.length > length) messages.pop();
      while (messages.length < length) messages.push({ snapshotId: id, ...place(id) });
    }
    const newestLeaf = leaves.find(continues) ?? headId!;
    return { ...place(headId!), path, newestLeaf, messages };
  }

  async end(): Promise<void> {
    for (const { turn } of this.turns) await turn.abort().catch(() => {});
  }
}
