import { inBrowser, inFreshPage, withProfile } from './browser.mjs';

/** @param {import('./browser.mjs').Subject} subject */
export function measureValues(subject) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => ({
      ...(await inFreshPage(open, 'saveValues')),
      ...(await inFreshPage(open, 'readValues')),
    })),
  );
}
