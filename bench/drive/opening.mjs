import { inBrowser, inFreshPage, withProfile } from './browser.mjs';
import { median } from './median.mjs';

const PAGES = 9;

/**
 * A session of one turn: its first read in a fresh page is the price of opening.
 *
 * @param {import('./browser.mjs').Subject} subject
 */
export function measureOpening(subject) {
  return withProfile(async (profile) => {
    await inBrowser(subject, profile, (open) => inFreshPage(open, 'writeChat'));
    return inBrowser(subject, profile, async (open) => {
      const afterRestart = await inFreshPage(open, 'firstRead');
      const reads = [];
      for (let page = 0; page < PAGES; page++) reads.push(await inFreshPage(open, 'firstRead'));
      return {
        readAfterRestart: afterRestart.firstRead,
        firstRead: median(reads.map(({ firstRead }) => firstRead)),
        warmRead: median(reads.map(({ warmRead }) => warmRead)),
        ...(await inFreshPage(open, 'readProfile')),
      };
    });
  });
}
