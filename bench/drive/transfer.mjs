import { inBrowser, inFreshPage, withProfile } from './browser.mjs';

/** @param {import('./browser.mjs').Subject} subject */
export function measureTransfer(subject) {
  return withProfile((profile) => inBrowser(subject, profile, (open) => inFreshPage(open, 'transfer')));
}
