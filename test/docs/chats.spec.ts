import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import type { IndexedDBSessionStore } from '../../src/index.js';
import { buildSite } from '../sites/build-site.js';

/** The chats that are printed in docs/, each with its framework as a bundler builds it. */
for (const framework of ['react', 'vue', 'svelte']) {
  const test = base.extend<{ chat: Page }>({
    chat: async ({ page }, use) => {
      const root = join(import.meta.dirname, 'sites', framework);
      const { url, close } = await (await buildSite(root, join(root, 'vite.config.ts'))).serve();
      const errors: Error[] = [];
      page.on('pageerror', (error) => errors.push(error));
      await page.goto(url);
      await use(page);
      expect(errors).toEqual([]);
      await close();
    },
  });

  test.describe(`the chat of docs/${framework}.md`, () => {
    test('streams, branches, and keeps the arrows of earlier turns', async ({ chat }) => {
      await ask(chat, 'Where to in May?');
      await expectShown(chat, 'Where to in May?');
      await say(chat, 'To ');
      await expectShown(chat, 'Where to in May?', 'To ');
      await expect(chat.locator('output')).toHaveText('pending');
      await say(chat, 'Lisbon');
      await end(chat);
      await expectEnded(chat, 'completed', 'Where to in May?', 'To Lisbon');

      await press(chat, 'Again');
      await expectShown(chat, 'Where to in May?');
      await say(chat, 'To Oslo');
      await end(chat);
      await expectEnded(chat, 'completed', 'Where to in May?', 'To Oslo');
      await ask(chat, 'How?');
      await say(chat, 'By train');
      await end(chat);
      await expectEnded(chat, 'completed', 'Where to in May?', 'To Oslo', 'How?', 'By train');

      // To the first answer, which lies before the latest turn, and back to where its neighbour ends.
      await press(chat, '‹');
      await expectShown(chat, 'Where to in May?', 'To Lisbon');
      await press(chat, '›');
      await expectShown(chat, 'Where to in May?', 'To Oslo', 'How?', 'By train');
    });

    test('answers once more what an agent has saved as one snapshot', async ({ chat }) => {
      await chat.evaluate(async () => {
        const { store } = globalThis as unknown as { store: Pick<IndexedDBSessionStore, 'saveSnapshot'> };
        const say = (role: 'user' | 'model', text: string) => ({ role, content: [{ text }] });
        const first = [say('user', 'Where to in May?'), say('model', 'To Lisbon')];
        const second = [...first, say('user', 'How?'), say('model', 'By train')];
        const about = { sessionId: 'trip', status: 'completed' as const };
        await store.saveSnapshot('one', () => ({
          ...about,
          createdAt: '2026-05-01T00:00:00Z',
          state: { messages: first },
        }));
        await store.saveSnapshot('two', () => ({
          ...about,
          parentId: 'one',
          createdAt: '2026-05-02T00:00:00Z',
          state: { messages: second },
        }));
      });
      await expectEnded(chat, 'completed', 'Where to in May?', 'To Lisbon', 'How?', 'By train');
      await press(chat, 'Again');
      await expectShown(chat, 'Where to in May?', 'To Lisbon', 'How?');
      await say(chat, 'By bus');
      await end(chat);
      await expectEnded(chat, 'completed', 'Where to in May?', 'To Lisbon', 'How?', 'By bus');
      await press(chat, 'Again');
      await say(chat, 'On foot');
      await end(chat);
      await expectEnded(chat, 'completed', 'Where to in May?', 'To Lisbon', 'How?', 'On foot');
      // The arrows lead from turn to turn, to the agent's at last.
      await chat.getByRole('button', { name: '‹' }).first().click();
      await expectShown(chat, 'Where to in May?', 'To Lisbon', 'How?', 'By bus');
      await chat.getByRole('button', { name: '‹' }).first().click();
      await expectShown(chat, 'Where to in May?', 'To Lisbon', 'How?', 'By train');
    });

    test('a turn that is stopped stays so, whatever its model still says', async ({ chat }) => {
      await ask(chat, 'Where to in May?');
      await say(chat, 'To Lis');
      await expectShown(chat, 'Where to in May?', 'To Lis');
      await press(chat, 'Stop');
      await expectEnded(chat, 'aborted', 'Where to in May?', 'To Lis');
      await say(chat, 'bon');
      await end(chat);
      await chat.reload();
      await expectEnded(chat, 'aborted', 'Where to in May?', 'To Lis');
    });

    test('a session that another tab deletes in the middle of an answer stays deleted', async ({ chat }) => {
      await ask(chat, 'Where to in May?');
      await say(chat, 'To Lis');
      await expectShown(chat, 'Where to in May?', 'To Lis');
      const other = await chat.context().newPage();
      await other.goto(chat.url());
      await expectShown(other, 'Where to in May?', 'To Lis');
      await other.evaluate(async () => {
        const { store } = globalThis as unknown as { store: { deleteSession(id: string): Promise<number> } };
        await store.deleteSession('trip');
      });
      await expectShown(chat);
      await say(chat, 'bon');
      await end(chat);
      for (const page of [chat, other]) {
        await page.reload();
        await expect(page.locator('input')).toBeVisible();
        await expectShown(page);
        await expect(page.locator('output')).toHaveText('');
      }
      await ask(chat, 'And now?');
      await say(chat, 'Anew');
      await end(chat);
      await expectEnded(other, 'completed', 'And now?', 'Anew');
    });
  });
}

const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

async function ask(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await press(page, 'Send');
  await expect(page.locator('output')).toHaveText('pending');
}

/** Once the model is listening. */
async function say(page: Page, text: string | undefined): Promise<void> {
  await page.waitForFunction((text) => {
    const { say } = globalThis as { say?: (text: string | undefined) => void };
    Object.assign(globalThis, { say: undefined });
    say?.(text);
    return say !== undefined;
  }, text);
}

const end = (page: Page) => say(page, undefined);

const expectShown = (page: Page, ...texts: string[]) => expect(page.locator('p')).toHaveText(texts);

async function expectEnded(page: Page, status: string, ...texts: string[]): Promise<void> {
  await expectShown(page, ...texts);
  await expect(page.locator('output')).toHaveText(status);
}
