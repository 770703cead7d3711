import { inBrowser, withProfile } from './browser.mjs';
import { median } from './median.mjs';

const CRASHES = 20;

/** @param {import('./browser.mjs').Subject} subject */
export function measureCrash(subject) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      /** @type {number[]} */
      const told = [];
      /** @type {number[]} */
      const read = [];
      for (let crash = 0; crash < CRASHES; crash++) {
        const [working, watching, reading] = [await open(), await open(), await open()];
        await working.run('beginTurn');
        await watching.run('watchTurn');
        await reading.run('readTurn');
        const at = await working.crash();
        told.push((await watching.run('turnEnd')) - at);
        read.push((await reading.run('turnEnd')) - at);
        for (const page of [working, watching, reading]) await page.close();
      }
      return {
        told: median(told),
        toldMin: Math.min(...told),
        toldMax: Math.max(...told),
        read: median(read),
        readMin: Math.min(...read),
        readMax: Math.max(...read),
      };
    }),
  );
}
