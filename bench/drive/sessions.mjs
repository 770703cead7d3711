import { inBrowser, inFreshPage, withProfile } from './browser.mjs';
import { median } from './median.mjs';

const PAGES = 5;

/** @param {import('./browser.mjs').Subject} subject */
export function measureSessions(subject) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      const filled = await inFreshPage(open, 'fillSessions');
      const walks = [];
      for (let page = 0; page < PAGES; page++) walks.push(await inFreshPage(open, 'listSessions'));
      return {
        ...filled,
        firstPage: median(walks.map(({ firstPage }) => firstPage)),
        laterPages: median(walks.map(({ laterPages }) => laterPages)),
      };
    }),
  );
}
