import { inBrowser, inFreshPage, withProfile } from './browser.mjs';

/** @param {import('./browser.mjs').Subject} subject */
export function measureMany(subject) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      await inFreshPage(open, 'fillMany');
      return inFreshPage(open, 'useInTurns');
    }),
  );
}
