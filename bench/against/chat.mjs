import { inBrowser, inFreshPage, withProfile } from '../drive/browser.mjs';
import { inTurns } from './in-turns.mjs';

/** 200 partial saves in pieces. */
const PIECES_OF_A_STREAM = 12;

/** @typedef {import('./in-turns.mjs').Side} Side */

/**
 * One chat, saved and read by two pages that take turns, in one browser. The pages' addresses differ, so each has a
 * database of its own.
 *
 * @param {Omit<import('../drive/browser.mjs').Subject, 'url'> & { urls: Record<Side, string> }} subject
 * @param {import('../plan/workloads.mjs').WorkloadPlan} workload
 * @param {{ reads: number, profiles: number, goOn: number }} rounds
 */
export function compareChats({ urls, ...subject }, { grows }, rounds) {
  return withProfile((profile) =>
    inBrowser({ ...subject, url: urls.now }, profile, async (open) => {
      /** @param {string} phase @param {number} [times] */
      const fresh = (phase, times = 1) => inTurns(times, (side) => inFreshPage(open, phase, urls[side]));
      const writing = { now: await open(urls.now), before: await open(urls.before) };
      const pieces = await writing.now.run('beginWriting');
      await writing.before.run('beginWriting');
      const written = await inTurns(pieces, (side) => writing[side].run('writeOn'));
      for (const page of [writing.now, writing.before]) {
        await page.run('endWriting');
        await page.close();
      }
      const read = await fresh('firstRead', rounds.reads);
      if (read.some(({ now, before }) => now['digest'] !== before['digest'])) {
        throw new Error('the two do not read the same');
      }
      const looked = [...(await fresh('livingBytes')), ...(await fresh('readProfile', rounds.profiles))];
      return [...written, ...read, ...looked, ...(grows ? await goOn(open, urls, rounds.goOn) : [])];
    }),
  );
}

/** @param {import('../drive/browser.mjs').Open} open @param {Record<Side, string>} urls @param {number} rounds */
async function goOn(open, urls, rounds) {
  const pages = { now: await open(urls.now), before: await open(urls.before) };
  await pages.now.run('beginGoingOn');
  await pages.before.run('beginGoingOn');
  return [
    ...(await inTurns(rounds, (side) => pages[side].run('goOn'))),
    ...(await inTurns(Math.min(rounds, PIECES_OF_A_STREAM), (side) => pages[side].run('streamOn'))),
    ...(await inTurns(1, (side) => pages[side].run('endGoingOn'))),
  ];
}
