import { ChatClient, indexedDBPersistence, type UIMessage } from '@tanstack/ai-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { IndexedDBSessionStore } from '../../../src/index.js';
import { openChatPersistence } from '../../../src/adapters/tanstack-ai/index.js';
import { eventually } from '../../assertions/eventually.js';
import { expectRefusal } from '../../assertions/expect-refusal.js';
import { freshName, openStore } from '../../stores/open-store.js';
import { Model, textOf } from './model.js';

/** What a page does when it loads. */
async function openPage(name: string) {
  const store = openStore({ name });
  const failures: unknown[] = [];
  const persistence = openChatPersistence(store, { onError: (error) => failures.push(error) });
  const model = new Model();
  const client = new ChatClient({ threadId: 'trip', persistence, connection: model });
  onTestFinished(() => client.stop());
  const before = await persistence.getItem('trip');
  if (before) await eventually(() => client.getMessages().length > 0, 'the messages are shown');
  const texts = () => client.getMessages().map(textOf);
  /** When everything is written that the client has handed over. */
  async function settled() {
    const shown = () => JSON.stringify(client.getMessages());
    const stored = async () => JSON.stringify((await persistence.getItem('trip'))?.messages ?? []);
    await expect.poll(async () => (await stored()) === shown()).toBe(true);
    return (await store.getHead('trip'))?.snapshotId ?? '';
  }
  return {
    store,
    persistence,
    model,
    client,
    failures,
    texts,
    settled,
    async send(text: string) {
      await client.sendMessage(text);
      return settled();
    },
    async reload() {
      await client.reload();
      return settled();
    },
  };
}

const saved = async (store: IndexedDBSessionStore<any>, snapshotId: string) =>
  ((await store.getSnapshot({ snapshotId }))!.state!.messages as unknown as UIMessage[]).map(textOf);

/** Run in Node and in Chromium, with the `ChatClient` that `useChat` makes. */
export function describeTanStackAi(): void {
  describe('offshoot/tanstack-ai', () => {
    it('shows the same messages, with the same ids and dates, after a reload', async () => {
      const name = freshName();
      const before = await openPage(name);
      await before.send('hello');
      await before.send('and now?');

      const after = await openPage(name);
      expect(after.client.getMessages()).toEqual(before.client.getMessages());
      expect(after.client.getMessages()[0]!.createdAt).toBeInstanceOf(Date);
      expect(after.texts()).toEqual(['hello', '1: hello', 'and now?', '2: and now?']);
      await after.send('more');
      expect(after.model.asked).toEqual([['hello', '1: hello', 'and now?', '2: and now?', 'more']]);
      expect(after.failures).toEqual([]);
    });

    it('saves a turn as one snapshot, however many words it had', async () => {
      const name = freshName();
      const { store, send } = await openPage(name);
      const first = await send('one two three four');
      const second = await send('two');
      const history = await store.getHistory(second);
      expect(history.map(({ snapshotId }) => snapshotId)).toEqual([first, second]);
      expect((await store.getSession('trip'))!.snapshotCount).toBe(2);
    });

    it('writes nothing when a page only shows what is there', async () => {
      const name = freshName();
      const { store, send } = await openPage(name);
      const snapshotId = await send('one');
      const before = await store.getSnapshot({ snapshotId });
      await (await openPage(name)).settled();
      expect(await store.getSnapshot({ snapshotId })).toEqual(before);
      expect((await store.getSession('trip'))!.snapshotCount).toBe(1);
    });

    it('keeps an answer and the one that replaced it as two branches, both whole', async () => {
      const name = freshName();
      const { store, send, reload } = await openPage(name);
      const start = await send('one');
      const old = await send('two');
      const fresh = await reload();

      expect(await saved(store, old)).toEqual(['one', '1: one', 'two', '2: two']);
      expect(await saved(store, fresh)).toEqual(['one', '1: one', 'two', '3: two']);
      expect((await store.getTree('trip')).nodes.get(start)!.children).toEqual([old, fresh]);
      expect((await openPage(name)).texts()).toEqual(['one', '1: one', 'two', '3: two']);
    });

    it('branches from a page that was reloaded in between', async () => {
      const name = freshName();
      const before = await openPage(name);
      const start = await before.send('one');
      const old = await before.send('two');
      const after = await openPage(name);
      const fresh = await after.reload();
      expect((await after.store.getTree('trip')).nodes.get(start)!.children).toEqual([old, fresh]);
      expect(await saved(after.store, old)).toEqual(['one', '1: one', 'two', '2: two']);
    });

    it('shows another branch once it is selected, and goes on there', async () => {
      const name = freshName();
      const { store, persistence, client, send, reload } = await openPage(name);
      const old = await send('one');
      await reload();
      await store.selectBranch(old);
      client.setMessagesManually((await persistence.getItem('trip'))!.messages);

      const next = await send('two');
      expect(await saved(store, next)).toEqual(['one', '1: one', 'two', '3: two']);
      expect((await store.getSnapshot({ snapshotId: next }))!.parentId).toBe(old);
    });

    it('keeps what messages set by hand take away', async () => {
      const name = freshName();
      const { store, client, send, settled } = await openPage(name);
      const start = await send('one');
      const old = await send('two');
      client.setMessagesManually(client.getMessages().slice(0, 2));
      await settled();

      expect((await openPage(name)).texts()).toEqual(['one', '1: one']);
      expect((await store.getSession('trip'))!.selectedSnapshotId).toBe(start);
      expect(await saved(store, old)).toEqual(['one', '1: one', 'two', '2: two']);
    });

    it('keeps what two tabs go on with at the same time', async () => {
      const name = freshName();
      await (await openPage(name)).send('one');
      const [a, b] = [await openPage(name), await openPage(name)];
      await Promise.all([a.client.sendMessage('from a'), b.client.sendMessage('from b')]);

      await expect
        .poll(async () => {
          const leaves = await a.store.getLeaves('trip');
          const ends = await Promise.all(leaves.map(({ snapshotId }) => saved(a.store, snapshotId)));
          return new Set(ends.map((texts) => texts.slice(2).join(', ')));
        })
        .toEqual(new Set(['from a, 1: from a', 'from b, 1: from b']));
      expect((await a.store.getSession('trip'))!.snapshotCount).toBe(3);
    });

    it('keeps the question and half an answer when the page is closed', async () => {
      const name = freshName();
      const { model, client, settled, texts } = await openPage(name);
      model.stallsAfter = 2;
      void client.sendMessage('a long story');
      await expect.poll(texts).toEqual(['a long story', '1: a ']);
      await settled();
      expect((await openPage(name)).texts()).toEqual(['a long story', '1: a ']);
    });

    it('forgets all of a conversation that is cleared', async () => {
      const name = freshName();
      const { store, client, send, reload } = await openPage(name);
      await send('one');
      await reload();
      client.clear();
      await expect.poll(() => store.getSession('trip')).toBeUndefined();
      expect((await openPage(name)).texts()).toEqual([]);
      await send('again');
      expect((await openPage(name)).texts()).toEqual(['again', '3: again']);
    });

    it('goes on with a conversation that another tab deleted', async () => {
      const { store, send } = await openPage(freshName());
      await send('one');
      await store.deleteSession('trip');
      expect(await saved(store, await send('two'))).toEqual(['one', '1: one', 'two', '2: two']);
    });

    it('keeps what resumes a run, and forgets it with the run', async () => {
      const name = freshName();
      const { persistence, send, store } = await openPage(name);
      const snapshotId = await send('one');
      const { messages } = (await persistence.getItem('trip'))!;
      const resume = { resumeState: { threadId: 'trip', runId: 'run-1' } };

      const other = openChatPersistence(openStore({ name }));
      await other.setItem('trip', { messages, resume });
      expect(await persistence.getItem('trip')).toEqual({ messages, resume });
      await other.setItem('trip', { messages });
      expect(await persistence.getItem('trip')).toEqual({ messages });
      expect((await store.getHead('trip'))!.snapshotId).toBe(snapshotId);
    });

    it("returns what TanStack's own store returns", async () => {
      const theirs = indexedDBPersistence({ databaseName: freshName() });
      const ours = openChatPersistence(openStore());
      const messages: UIMessage[] = [
        { id: 'q', role: 'user', parts: [{ type: 'text', content: 'hi' }], createdAt: new Date(0) },
        { id: 'a', role: 'assistant', parts: [], metadata: { tags: new Map([['x', 1n]]) } },
      ];
      for (const store of [theirs, ours]) expect((await store.getItem('trip')) ?? null).toBeNull();
      for (const store of [theirs, ours]) await store.setItem('trip', { messages });
      expect(await ours.getItem('trip')).toEqual(await theirs.getItem('trip'));
      for (const store of [theirs, ours]) await store.removeItem('trip');
      for (const store of [theirs, ours]) expect((await store.getItem('trip')) ?? null).toBeNull();
      await ours.removeItem('never');
    });

    it('tells what went wrong, which the client does not', async () => {
      const { client, failures, send } = await openPage(freshName());
      await send('one');
      const unstorable = { id: 'x', role: 'user' as const, parts: [], metadata: { onClick: () => {} } };
      client.setMessagesManually([...client.getMessages(), unstorable]);
      await expect
        .poll(() => failures)
        .toMatchObject([{ status: 'INVALID_ARGUMENT', path: 'state.messages.2.metadata.onClick' }]);
    });

    it('refuses what it cannot keep, and says what to do', async () => {
      const store = openStore();
      const persistence = openChatPersistence(store);
      await expectRefusal(() => openChatPersistence({} as typeof store), 'INVALID_ARGUMENT', 'store');
      await expectRefusal(() => persistence.getItem(''), 'INVALID_ARGUMENT', 'threadId');
      await expectRefusal(() => persistence.setItem('trip', null!), 'INVALID_ARGUMENT', 'state');
      const messages = [{ id: 'a' }] as unknown as UIMessage[];
      await expectRefusal(
        () => persistence.setItem('trip', { messages }),
        'INVALID_ARGUMENT',
        'state.messages.0',
      );
      await store.saveSnapshot('genkit', () => ({
        sessionId: 'genkit',
        createdAt: new Date().toISOString(),
        state: { messages: [{ role: 'user', content: [{ text: 'hi' }] }] },
      }));
      await expectRefusal(() => persistence.getItem('genkit'), 'FAILED_PRECONDITION', 'state.messages.0');
    });
  });
}
