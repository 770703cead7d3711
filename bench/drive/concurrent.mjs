import { inBrowser, inFreshPage, withProfile } from './browser.mjs';

/** @param {import('./browser.mjs').Subject} subject */
export function measureConcurrent(subject) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      const times = await inFreshPage(open, 'concurrentSaves');
      return {
        ...times,
        gainOfOne: times.oneAtATime / times.ofOne,
        gainOfMany: times.oneAtATime / times.ofMany,
      };
    }),
  );
}
