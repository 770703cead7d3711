import { expect, vi } from 'vitest';
import type { IndexedDBSessionStore, Message, SessionSnapshot, SessionStoreError } from '../../src/index.js';
import type { ChatRun } from './chat-run.js';
import { messagesFor } from './messages.js';

/** One step: what is done, by which store and in which session, and numbers that say to what. */
export interface Step {
  does: keyof typeof steps;
  via: number;
  session: number;
  kind: number;
  at: number;
}

export async function perform(run: ChatRun, { does, via, session, kind, at }: Step): Promise<void> {
  const sessionId = `s${session}`;
  const ids = await run.ids(sessionId);
  const id = ids[at % Math.max(1, ids.length)];
  const store = run.stores[via % run.stores.length]!;
  await steps[does](run, { store, sessionId, id, kind, at });
}

const now = () => new Date().toISOString();

interface Target {
  store: IndexedDBSessionStore<any>;
  sessionId: string;
  id: string | undefined;
  kind: number;
  at: number;
}

const afterOf = ({ id, at }: Target) => (at % 3 === 0 ? undefined : at % 11 === 1 ? null : id);

function changesOf({ kind, at }: Target, mark: string): object {
  return {
    ...(at % 4 === 1 && { custom: { mark, ...(kind % 2 === 1 && { long: 'x'.repeat(600) }) } }),
    ...(at % 5 === 1 && { artifacts: [{ name: mark, parts: [{ text: 'y'.repeat((kind % 3) * 400) }] }] }),
  };
}

const textIn = (messages: readonly Message[] | undefined) =>
  JSON.stringify(messages?.map(({ content }) => content));

const steps = {
  async append(run: ChatRun, target: Target) {
    const { store, sessionId, kind } = target;
    const [mark, after] = [run.mark(), afterOf(target)];
    const [messages, changes] = [messagesFor(kind, mark), changesOf(target, mark)];
    const id = await store.session(sessionId).append(messages, { after, ...changes, title: mark });
    await run.mirror(id, {
      ...(await run.continued(sessionId, after, messages, changes)),
      status: 'completed',
    });
    await run.described(sessionId, id, mark);
  },
  async appendAtOnce(run: ChatRun, { store, sessionId, kind }: Target) {
    const all = [0, 1, 2].map((index) => messagesFor(kind + index, run.mark()));
    const ids = await Promise.all(all.map((messages) => store.session(sessionId).append(messages)));
    for (const [index, id] of ids.entries()) {
      const continued = await run.continued(sessionId, undefined, all[index]!, {});
      await run.mirror(id, { ...continued, status: 'completed' });
      await run.described(sessionId, id, undefined);
    }
  },
  async begin(run: ChatRun, target: Target) {
    const { store, sessionId, kind, at } = target;
    const [mark, given] = [run.mark(), afterOf(target)];
    const [messages, changes] = [messagesFor(kind, mark), changesOf(target, mark)];
    const isSlow = at % 2 === 0;
    const asks = at % 7 !== 0;
    const turn = await store.session(sessionId).startTurn({
      after: given,
      ...(asks && { messages }),
      ...changes,
      saveEveryMs: isSlow ? 1e6 : 0,
    });
    let after = given;
    const info = (await store.getSnapshotInfo(turn.snapshotId))!;
    if (asks) {
      after = info.parentId;
      const asked = await run.continued(sessionId, given, messages, changes);
      if (run.model.options.maxPersistedChainLength !== 1) {
        await run.mirror(after!, { ...asked, status: 'completed' });
        await run.described(sessionId, after!, undefined);
      } else {
        run.model.save(
          undefined,
          () => ({ ...asked, status: 'completed', createdAt: info.createdAt }),
          after,
        );
        await run.described(sessionId, after!, undefined);
      }
    }
    const pending = await run.continued(sessionId, after, [], asks ? {} : changes);
    if (!('messages' in (run.model.stored(pending.parentId)?.state ?? {}))) delete pending.state.messages;
    await run.mirror(turn.snapshotId, { ...pending, status: 'pending' });
    await run.described(sessionId, turn.snapshotId, undefined);
    expect(turn.messages).toEqual(pending.state.messages ?? []);
    run.turns.push({ turn, question: pending.state.messages ?? [], latest: undefined, isSlow });
  },
  async update(run: ChatRun, { store, kind, at }: Target) {
    const live = run.turns[at % Math.max(1, run.turns.length)];
    if (!live) return;
    const answer = messagesFor(kind, run.mark());
    live.turn.update(answer);
    const stored = run.model.stored(live.turn.snapshotId);
    if (stored?.status !== 'pending') return;
    const isFirst = live.latest === undefined;
    live.latest = answer;
    if (live.isSlow && !isFirst) return;
    const state = { ...stored.state!, messages: [...live.question, ...answer] };
    await vi.waitFor(
      async () => {
        const shown = await store.getSnapshot({ snapshotId: live.turn.snapshotId });
        expect(textIn(shown?.state?.messages)).toBe(textIn(state.messages));
        expect(shown?.state?.messages?.length ?? 0).toBe(state.messages.length);
      },
      { timeout: 5_000, interval: 1 },
    );
    await run.mirror(live.turn.snapshotId, { state });
  },
  async end(run: ChatRun, target: Target) {
    const { kind, at } = target;
    const live = run.turns[at % Math.max(1, run.turns.length)];
    if (!live) return;
    const { turn, question } = live;
    const stored = run.model.stored(turn.snapshotId);
    const how = (['complete', 'completeWith', 'fail', 'abort'] as const)[kind % 4]!;
    const answer = messagesFor(kind, run.mark());
    if (kind % 3 === 0) turn.update(answer);
    const latest = how === 'completeWith' || kind % 3 === 0 ? answer : live.latest;
    const custom = how === 'completeWith' && at % 2 === 0 ? { ended: kind } : undefined;
    const outcome = await {
      complete: () => turn.complete(),
      completeWith: () => turn.complete(answer, { custom }),
      fail: () => turn.fail(new Error('no')),
      abort: () => turn.abort(),
    }[how]();
    const status = how === 'fail' ? 'failed' : how === 'abort' ? 'aborted' : 'completed';
    expect(outcome).toBe(!stored ? 'deleted' : stored.status === 'pending' ? status : stored.status);
    if (stored?.status !== 'pending') return;
    await run.mirror(turn.snapshotId, {
      status,
      finishReason: status === 'completed' ? 'stop' : status,
      ...(how === 'fail' && { error: { message: 'no' } }),
      state: {
        ...stored.state!,
        ...(latest && { messages: [...question, ...latest] }),
        ...(custom && { custom }),
      },
    });
  },
  async abortAll(run: ChatRun, { store, sessionId, id, at }: Target) {
    const ids = at % 2 === 0 ? await run.ids(sessionId) : id === undefined ? [] : [id];
    const pending = ids.filter((each) => run.model.stored(each)!.status === 'pending');
    const session = store.session(sessionId);
    if (ids.length > 0) expect(await session.abort(at % 2 === 0 ? undefined : id)).toBe(pending.length);
    for (const each of pending) await run.mirror(each, { status: 'aborted', finishReason: 'aborted' });
  },
  async saveWhole(run: ChatRun, { store, sessionId, id, kind, at }: Target) {
    const messages = messagesFor(kind, run.mark());
    const state = [{ messages }, { sessionId, messages, more: 'z'.repeat(700) }, { custom: {} }, undefined][
      at % 4
    ];
    const snapshot = {
      sessionId,
      createdAt: now(),
      ...(at % 3 > 0 && id !== undefined && { parentId: id }),
      status: at % 5 === 0 ? 'pending' : 'completed',
      ...(state && { state }),
    };
    const [saved] = await store.saveSnapshots([{ mutator: () => snapshot as never }]);
    run.model.save(undefined, () => snapshot as never, saved!);
  },
  async select(run: ChatRun, { store, sessionId, id }: Target) {
    if (id === undefined) return;
    await store.session(sessionId).select(id);
    await run.model.selectBranch(id);
  },
  async duplicate(run: ChatRun, { store, sessionId, id, at }: Target) {
    if (id === undefined || (await run.model.listSessions()).sessions.length > 5) return;
    const upTo = at % 2 === 0 ? id : undefined;
    const copy = await store.session(sessionId).duplicate({ upTo });
    const { title, metadata, selectedSnapshotId } = (await run.model.getSession(sessionId))!;
    const history = upTo && new Set((await run.model.getHistory(upTo)).map(({ snapshotId }) => snapshotId));
    const originals = (await run.ids(sessionId)).filter((each) => !history || history.has(each));
    const copies = [...(await store.getTree(copy.sessionId)).nodes.keys()];
    expect(copies).toHaveLength(originals.length);
    const idOf = (of: string | undefined) => copies[originals.indexOf(of!)];
    for (const original of originals) {
      const { snapshotId: _, ...stored } = run.model.stored(original)!;
      const snapshot: Partial<SessionSnapshot<any>> = { ...stored, sessionId: copy.sessionId };
      const parentId = idOf(snapshot.parentId);
      delete snapshot.parentId;
      if (parentId !== undefined) snapshot.parentId = parentId;
      if (snapshot.state?.sessionId) snapshot.state.sessionId = copy.sessionId;
      if (snapshot.status === 'pending')
        Object.assign(snapshot, { status: 'aborted', finishReason: 'aborted' });
      run.model.save(undefined, () => snapshot as never, idOf(original));
    }
    const selected = idOf(upTo ?? selectedSnapshotId);
    if (selected !== undefined) await run.model.selectBranch(selected);
    await run.model.updateSession(copy.sessionId, {
      ...(title !== undefined && { title }),
      ...(metadata && { metadata }),
    });
  },
  async remove(run: ChatRun, { store, sessionId, id, at }: Target) {
    if (at % 7 === 0) {
      await store.deleteSession(sessionId);
      await run.model.deleteSession(sessionId);
    } else if (id !== undefined) {
      const options = { subtree: at % 2 === 0 };
      const outcome = (work: Promise<unknown>) => work.catch((error: SessionStoreError) => error.status);
      const expected = await outcome(run.model.deleteSnapshot(id, options));
      expect(await outcome(store.deleteSnapshot(id, options))).toEqual(expected);
    }
  },
  async compact(_: ChatRun, { store }: Target) {
    await store.compact();
  },
};

export const does = Object.keys(steps) as Step['does'][];
