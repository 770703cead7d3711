import { launchChromium } from '../../test/engines/chromium.mjs';
import { NotOffered, withProfile } from './browser.mjs';

/**
 * The heap of a page that shows a conversation, above that of a page that does nothing.
 *
 * @param {import('./browser.mjs').Subject} subject
 */
export async function measureHeap({ engine, url, request }) {
  const { backend } = engine;
  if (!engine.name.startsWith('Chromium')) throw new NotOffered('no page of this browser tells its heap');
  return withProfile(async (profile) => {
    const browser = await launchChromium(backend, profile);
    try {
      /** @param {string[]} phases @returns {Promise<number>} */
      const heapAfter = async (...phases) => {
        const page = await browser.newPage();
        await page.goto(url);
        for (const phase of phases) {
          const action = (/** @type {any} */ [phase, request]) => window.bench.run(phase, request);
          const result = await page.evaluate(action, [phase, request]);
          if ('notOffered' in result) throw new NotOffered(result.notOffered);
        }
        const devtools = await browser.newCDPSession(page);
        await devtools.send('Performance.enable');
        // What a first collection lets go, a second one frees.
        for (let time = 0; time < 2; time++) await devtools.send('HeapProfiler.collectGarbage');
        const { metrics } = await devtools.send('Performance.getMetrics');
        await page.close();
        return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN;
      };
      await heapAfter('fillLong');
      const empty = await heapAfter();
      const state = (await heapAfter('makeState')) - empty;
      const shown = (await heapAfter('showState')) - empty;
      return { heapOfState: state, heapShown: shown, heapToState: shown / state };
    } finally {
      await browser.close();
    }
  });
}
