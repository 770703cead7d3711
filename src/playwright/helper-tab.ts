import type { BrowserContext, Page } from '@playwright/test';
import { SessionStoreError } from '../index.js';
import type { Answer, Host, Tab } from './host.js';
import type { TabStoreOptions } from './tab-store-options.js';
import { decode, encode } from './wire.js';

/** Not a path of the app, so that no cache answers it. */
const PATH = '/offshoot-helper-tab';
const TITLE = 'Offshoot: the helper tab of a test';

/** An empty page of the app's origin with a store in it. To the app it is a tab like any other. */
export class HelperTab<S> {
  private constructor(private readonly page: Page) {}

  static async open<S>(
    context: BrowserContext,
    origin: string,
    options: TabStoreOptions,
  ): Promise<HelperTab<S>> {
    const before = context.pages().at(-1);
    const page = await context.newPage();
    try {
      await bypassServiceWorkers(context, page);
      await page.route('**', (route) =>
        route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>${TITLE}</title>` }),
      );
      await page.goto(origin + PATH);
      if ((await page.title()) !== TITLE) {
        throw new SessionStoreError(
          'FAILED_PRECONDITION',
          "the app's service worker answers in place of the test. Set use.serviceWorkers to 'block'",
        );
      }
      const { default: script } = await importScript();
      await page.addScriptTag({ content: script });
      const opened = await page.evaluate(
        (options) => (globalThis as unknown as { offshootTab: Tab }).offshootTab.open(options),
        encode(options, 'INVALID_ARGUMENT'),
      );
      valueOf(opened);
      // With a visible browser, a page in the background is hardly drawn; a crashed page cannot come to the front.
      await before?.bringToFront().catch(() => {});
      return new HelperTab<S>(page);
    } catch (error) {
      await page.close();
      throw error;
    }
  }

  async call<M extends keyof Host<S>>(
    method: M,
    ...args: Parameters<Host<S>[M]>
  ): Promise<Awaited<ReturnType<Host<S>[M]>>> {
    const answer = await this.page.evaluate(
      (request) => (globalThis as unknown as { offshootTab: Tab }).offshootTab.call(request),
      encode({ method, args }, 'INVALID_ARGUMENT'),
    );
    return valueOf(answer) as Awaited<ReturnType<Host<S>[M]>>;
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}

/** In Node, what is missing was never there. */
const importScript = () =>
  import('./page.js').catch((cause: unknown) => {
    throw new SessionStoreError(
      'UNAVAILABLE',
      'the code for the helper tab cannot be loaded: dist/playwright/page.js is missing. Install offshoot again, or build it',
      undefined,
      cause,
    );
  });

/** A service worker comes before Playwright's routes, and may answer every address with the app. */
async function bypassServiceWorkers(context: BrowserContext, page: Page): Promise<void> {
  // Only Chromium can do this; elsewhere the response shows whether a service worker has answered.
  const session = await context.newCDPSession(page).catch(() => undefined);
  await session?.send('Network.enable');
  await session?.send('Network.setBypassServiceWorker', { bypass: true });
}

function valueOf(text: string): unknown {
  const answer = decode<Answer>(text);
  if ('error' in answer) throw answer.error;
  return answer.value;
}
