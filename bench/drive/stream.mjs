import { inBrowser, inFreshPage, withProfile } from './browser.mjs';

/**
 * A streamed turn: what it costs at the end of a long chat, and what it leaves in a database of its own.
 *
 * @param {import('./browser.mjs').Subject} subject
 */
export async function measureStream(subject) {
  const atEnd = await withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      await inFreshPage(open, 'writeChat');
      return { ...(await inFreshPage(open, 'streamTurn')), ...(await inFreshPage(open, 'streamProfile')) };
    }),
  );
  const left = await livingAfter(subject, 'streamAlone');
  const once = await livingAfter(subject, 'saveAlone');
  return {
    ...atEnd,
    rowsLeft: left.rows,
    rowsOfOneSave: once.rows,
    rowsToOneSave: left.rows / once.rows,
    bytesToOneSave: left.livingBytes / once.livingBytes,
  };
}

/** @param {import('./browser.mjs').Subject} subject @param {string} phase */
function livingAfter(subject, phase) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      await inFreshPage(open, phase);
      return inFreshPage(open, 'livingBytes');
    }),
  );
}
