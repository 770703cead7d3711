import type { Page } from '@playwright/test';
import type { PageSessionStore } from 'offshoot/playwright';

export interface Seed {
  id: string;
  title?: string;
  metadata?: Record<string, unknown>;
  /** RFC 3339. */
  at: string;
  /** What was said, from the first message on, on each of its branches. */
  branches: string[][];
}

/** How many chats are on their way to the page at once. */
const AT_ONCE = 200;

/** Writes chats into the demo's database, as another tab would. Faster than to chat. */
export async function seed(sessions: PageSessionStore, seeds: readonly Seed[]): Promise<void> {
  for (let i = 0; i < seeds.length; i += AT_ONCE) {
    await Promise.all(seeds.slice(i, i + AT_ONCE).map((each) => sessions.seed(sessionOf(each))));
  }
}

const sessionOf = ({ id, title, metadata, at, branches }: Seed) => ({
  sessionId: id,
  title,
  metadata,
  snapshots: branches.map((texts, branch) => ({
    createdAt: new Date(Date.parse(at) + branch).toISOString(),
    status: 'completed' as const,
    state: {
      sessionId: id,
      messages: texts.map((text, i) => ({
        role: i % 2 === 0 ? ('user' as const) : ('model' as const),
        content: [{ text }],
      })),
    },
  })),
});

/** Ids of the chats that are really there, whatever is shown. */
export const storedIds = (page: Page): Promise<unknown[]> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open('offshoot-demo');
        opening.addEventListener('error', () => reject(opening.error!));
        opening.addEventListener('success', () => {
          const database = opening.result;
          const reading = database.transaction('sessions').objectStore('sessions').getAllKeys();
          reading.addEventListener('success', () => resolve(reading.result));
          database.close();
        });
      }),
  );

export const threeChats = ['a', 'b', 'c'].map((id, i) => ({
  id,
  title: `Chat ${id}`,
  at: new Date(Date.UTC(2026, 0, 3 - i)).toISOString(),
  branches: [
    [`Hello from ${id}`, 'One answer'],
    [`Hello from ${id}`, 'Another answer'.repeat(i === 1 ? 2000 : 1)],
  ],
}));
