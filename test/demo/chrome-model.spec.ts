import type { BrowserContext } from '@playwright/test';
import { begin, button, expect, send, test, turn } from './fixture.js';
import { openModels, picker } from './model-dialog.js';

/** How the stand-in for Chrome's Prompt API behaves; a page can be asked what became of it. */
interface StubOptions {
  availability: 'available' | 'downloadable' | 'unavailable';
  /** The name of the error that `create()` fails with. */
  fails?: string;
  /** Says one word and then nothing. */
  hangs?: boolean;
}

interface Stubbed {
  stub: {
    created: { initialPrompts?: unknown[] }[];
    prompted: unknown[][];
    destroyed: number;
    aborted: number;
    /** Lets the next part of a download arrive. */
    arrive: () => void;
  };
}

async function stub(context: BrowserContext, options: StubOptions): Promise<void> {
  await context.addInitScript(({ availability, fails, hangs }: StubOptions) => {
    const seen: Stubbed['stub'] = { created: [], prompted: [], destroyed: 0, aborted: 0, arrive: () => {} };
    let isThere = availability === 'available';
    class Model {
      static availability = () => Promise.resolve(isThere ? 'available' : availability);

      static async create(created: { initialPrompts?: unknown[]; monitor?: (target: EventTarget) => void }) {
        seen.created.push({ ...(created.initialPrompts && { initialPrompts: created.initialPrompts }) });
        if (fails) throw new DOMException('No.', fails);
        const target = new EventTarget();
        created.monitor?.(target);
        const steps = isThere ? [] : [0, 0.25, 1];
        for (const loaded of steps) {
          target.dispatchEvent(new ProgressEvent('downloadprogress', { loaded, total: 1 }));
          await new Promise<void>((resolve) => (seen.arrive = resolve));
        }
        isThere = true;
        return new Model();
      }

      promptStreaming(prompts: unknown[], { signal }: { signal: AbortSignal }) {
        seen.prompted.push(prompts);
        return new ReadableStream({
          start(controller) {
            controller.enqueue('Hello from ');
            if (!hangs) {
              controller.enqueue('**Chrome**.');
              controller.close();
            }
            signal.addEventListener('abort', () => {
              seen.aborted++;
              controller.error(signal.reason);
            });
          },
        });
      }

      destroy() {
        seen.destroyed++;
      }
    }
    Object.defineProperty(globalThis, 'LanguageModel', { value: Model, configurable: true });
    (globalThis as unknown as Stubbed).stub = seen;
  }, options);
}

const NAME = 'Chrome’s built-in model';

test('where the browser has a model, it is asked with the branch and leaves nothing behind', async ({
  openTab,
  context,
}) => {
  await stub(context, { availability: 'available' });
  const page = await openTab();
  await openModels(page);
  await page.getByRole('radio', { name: NAME }).check();
  await button(page, 'Close').click();
  await expect(picker(page)).toHaveText(NAME);
  await send(page, 'First?', 1);
  await expect(turn(page, 1).locator('strong')).toHaveText('Chrome');
  await send(page, 'Second?', 2);

  const seen = await page.evaluate(() => (globalThis as unknown as Stubbed).stub);
  const said = (role: string, value: string) => ({ role, content: [{ type: 'text', value }] });
  expect(seen.created).toEqual([
    { initialPrompts: [] },
    { initialPrompts: [said('user', 'First?'), said('assistant', 'Hello from **Chrome**.')] },
  ]);
  expect(seen.prompted).toEqual([[said('user', 'First?')], [said('user', 'Second?')]]);
  expect(seen.destroyed).toBe(2);

  await page.reload();
  await expect(picker(page)).toHaveText(NAME);
});

test('stopping stops the built-in model', async ({ openTab, context }) => {
  await stub(context, { availability: 'available', hangs: true });
  const page = await openTab();
  await openModels(page);
  await page.getByRole('radio', { name: NAME }).check();
  await button(page, 'Close').click();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText('Hello from');
  await button(page, 'Stop').click();
  await expect(turn(page, 1)).toContainText('Stopped');
  const seen = await page.evaluate(() => (globalThis as unknown as Stubbed).stub);
  expect(seen).toMatchObject({ aborted: 1, destroyed: 1 });
});

test('a model that has to be downloaded says how far it is', async ({ openTab, context }) => {
  await stub(context, { availability: 'downloadable' });
  const page = await openTab();
  await openModels(page);
  await page.getByRole('radio', { name: NAME }).check();
  await button(page, 'Download').click();
  await expect(page.getByRole('progressbar', { name: 'Download of the built-in model' })).toBeVisible();
  const arrive = () => page.evaluate(() => (globalThis as unknown as Stubbed).stub.arrive());
  for (const percentage of ['0 %', '25 %', '100 %']) {
    await expect(picker(page)).toContainText(percentage);
    await arrive();
  }
  await expect(page.getByText('Runs on this computer, offline.')).toBeVisible();
  await expect(button(page, 'Download')).toHaveCount(0);
  await expect(page.getByRole('progressbar')).toHaveCount(0);
});

test('what the built-in model cannot do is said in plain words', async ({ openTab, context }) => {
  await stub(context, { availability: 'available', fails: 'QuotaExceededError' });
  const page = await openTab();
  await openModels(page);
  await page.getByRole('radio', { name: NAME }).check();
  await button(page, 'Close').click();
  await begin(page, 'Hello');
  await expect(turn(page, 1)).toContainText('This branch is too long for the built-in model.');
});

test('where the browser has none, none is offered', async ({ openTab, context }) => {
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'LanguageModel');
  });
  const without = await openTab();
  await openModels(without);
  await expect(without.getByRole('radio')).toHaveCount(1);
  await without.close();

  await stub(context, { availability: 'unavailable' });
  const unable = await openTab();
  await openModels(unable);
  await expect(unable.getByRole('radio')).toHaveCount(1);
});
