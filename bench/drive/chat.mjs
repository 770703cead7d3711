import { inBrowser, inFreshPage, withProfile } from './browser.mjs';
import { median } from './median.mjs';

const COLD_PAGES = 5;
/** A variant that reads so slowly needs no five pages to tell. */
const SLOW_READ_MS = 1000;

/**
 * Saves a whole chat in a fresh profile, closes the browser, starts it again and reads.
 *
 * @param {import('./browser.mjs').Subject} subject @param {{ grows?: boolean }} workload
 */
export function measureChat(subject, { grows = false }) {
  return withProfile(async (profile) => {
    const written = await inBrowser(subject, profile, (open) => inFreshPage(open, 'writeChat'));

    return inBrowser(subject, profile, async (open) => {
      const afterRestart = await inFreshPage(open, 'firstRead');
      if (afterRestart.digest !== written.digest) {
        throw new Error(`does not read back what was saved: ${written.digest} → ${afterRestart.digest}`);
      }
      const reads = [];
      for (let page = 0; page < COLD_PAGES; page++) {
        reads.push(await inFreshPage(open, 'firstRead'));
        if (reads[0].firstRead > SLOW_READ_MS) break;
      }
      return {
        ...written,
        readAfterRestart: afterRestart.firstRead,
        firstRead: median(reads.map(({ firstRead }) => firstRead)),
        warmRead: median(reads.map(({ warmRead }) => warmRead)),
        ...(await inFreshPage(open, 'livingBytes')),
        diskBytes: subject.engine.diskBytes(profile),
        ...(await inFreshPage(open, 'readProfile')),
        // Last, because it writes.
        ...(grows && written.turns > 0 && (await inFreshPage(open, 'longAgainstShort'))),
      };
    });
  });
}
