import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { build } from 'vite';

const ENTRY = fileURLToPath(new URL('../../src/index.ts', import.meta.url));

export interface Seed {
  id: string;
  title?: string;
  metadata?: Record<string, unknown>;
  /** RFC 3339. */
  at: string;
  /** What was said, from the first message on, on each of its branches. */
  branches: string[][];
}

let library: Promise<string> | undefined;

/** The library as one module, for a page that has it only in pieces of its own. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      lib: { entry: ENTRY, formats: ['es'] },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('Vite has built nothing.');
  return output.output[0].code;
}

async function serveLibrary(page: Page): Promise<void> {
  library ??= bundle();
  const body = await library;
  await page.route('**/seed.js', (route) => route.fulfill({ body, contentType: 'text/javascript' }));
}

/** Writes chats into the demo's database, as another tab would. Faster than to chat. */
export async function seed(page: Page, seeds: readonly Seed[]): Promise<void> {
  await serveLibrary(page);
  await page.evaluate(async (seeds) => {
    const address = new URL('seed.js', location.href).href;
    const { IndexedDBSessionStore }: typeof import('../../src/index.js') = await import(address);
    const store = new IndexedDBSessionStore({ name: 'offshoot-demo' });
    await Promise.all(
      seeds.flatMap(({ id, at, branches }) =>
        branches.map((texts, branch) =>
          store.saveSnapshot(undefined, () => ({
            sessionId: id,
            createdAt: new Date(Date.parse(at) + branch).toISOString(),
            status: 'completed',
            state: {
              sessionId: id,
              messages: texts.map((text, i) => ({ role: i % 2 ? 'model' : 'user', content: [{ text }] })),
            },
          })),
        ),
      ),
    );
    for (const { id, title, metadata } of seeds)
      if (title !== undefined || metadata) await store.updateSession(id, { title, metadata });
    await store.close();
  }, seeds);
}

/** Ids of the chats that are really there, whatever is shown. */
export async function storedIds(page: Page): Promise<string[]> {
  await serveLibrary(page);
  return page.evaluate(async () => {
    const address = new URL('seed.js', location.href).href;
    const { IndexedDBSessionStore }: typeof import('../../src/index.js') = await import(address);
    const store = new IndexedDBSessionStore({ name: 'offshoot-demo' });
    const { sessions } = await store.listSessions({ limit: 1000 });
    await store.close();
    return sessions.map(({ sessionId }) => sessionId).sort();
  });
}
