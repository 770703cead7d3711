import { inBrowser, inFreshPage, withProfile } from './browser.mjs';
import { median } from './median.mjs';

const OTHER_TABS = 3;
const WARMING_MS = 2000;

/**
 * Compaction of the same database, alone and while three other tabs work.
 *
 * @param {import('./browser.mjs').Subject} subject
 */
export async function measureCompaction(subject) {
  const alone = await compactionOf(subject, 0);
  const beside = await compactionOf(subject, OTHER_TABS);
  const atOnce = await compactionOf(subject, OTHER_TABS, true);
  return {
    compactAlone: alone.ms,
    compactBeside: beside.ms,
    besideToAlone: beside.ms / alone.ms,
    compactAtOnce: atOnce.ms,
    atOnceToAlone: atOnce.ms / alone.ms,
    saveBefore: median(beside.before.map((work) => work.median)),
    saveMeanwhile: median(beside.meanwhile.map((work) => work.median)),
    saveMeanwhileP99: Math.max(...beside.meanwhile.map((work) => work.p99)),
  };
}

/**
 * @param {import('./browser.mjs').Subject} subject @param {number} others
 * @param {boolean} [together] whether the other tabs want to compact at the same moment
 */
function compactionOf(subject, others, together = false) {
  return withProfile((profile) =>
    inBrowser(subject, profile, async (open) => {
      await inFreshPage(open, 'fillForCompaction');
      const tabs = await Promise.all(Array.from({ length: others }, () => open()));
      for (const tab of tabs) await tab.run('beginWork');
      const soFar = () => Promise.all(tabs.map((tab) => tab.run('workSoFar')));
      if (others > 0) await new Promise((resolve) => setTimeout(resolve, WARMING_MS));
      const before = await soFar();
      const theirs = together ? tabs.map((tab) => tab.run('compactToo')) : [];
      const ms = await inFreshPage(open, 'compact');
      await Promise.all(theirs);
      const meanwhile = await soFar();
      for (const tab of tabs) await tab.run('endWork');
      return { ms, before, meanwhile };
    }),
  );
}
