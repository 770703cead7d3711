// From rounds, in which both did the same, to a word.
import { median } from '../drive/median.mjs';

/** Less than this nobody feels, and code that moved in memory makes as much. */
const FELT = 0.05;
/** Fewer rounds agree by chance, and often. */
const ENOUGH = 6;
/** Rows, bytes and requests are the same in every run. */
const FELT_EXACT = 0.005;

/**
 * @typedef {object} Comparison
 * @property {string} title
 * @property {boolean} exact
 * @property {number} now
 * @property {number} before
 * @property {number} ratio the median of the rounds' ratios
 * @property {[number, number]} spread of the rounds' ratios
 * @property {number} rounds
 * @property {'slower' | 'faster' | 'as before' | 'too few rounds'} verdict
 */

/**
 * One column. `undefined` if it was not measured.
 *
 * @param {import('../columns.mjs').Column} column
 * @param {import('./in-turns.mjs').Round[]} rounds
 * @returns {Comparison | undefined}
 */
export function compare({ key, title, scale, exact = false }, rounds) {
  const measured = rounds.filter(
    ({ now, before }) => Number.isFinite(now[key]) && Number.isFinite(before[key]),
  );
  if (measured.length === 0) return undefined;
  /** @param {import('./in-turns.mjs').Side} side */
  const of = (side) => measured.map((round) => round[side][key] ?? NaN);
  const before = of('before');
  const ratios = of('now').map((now, round) => quotient(now, before[round] ?? NaN));
  const spread = spreadOf(ratios);
  const ratio = median(ratios);
  return {
    title: title.trim(),
    exact,
    now: median(of('now')) / scale,
    before: median(before) / scale,
    ratio,
    spread,
    rounds: ratios.length,
    verdict:
      exact || ratios.length >= ENOUGH
        ? verdictOn(ratio, spread, exact ? FELT_EXACT : FELT)
        : 'too few rounds',
  };
}

/** @param {number} now @param {number} before */
const quotient = (now, before) => (now === before ? 1 : now / before);

/**
 * Where the true median lies with 99 %: of few rounds, all of them; of many, without the outermost.
 *
 * @param {number[]} ratios @returns {[number, number]}
 */
function spreadOf(ratios) {
  const sorted = ratios.toSorted((a, b) => a - b);
  const dropped = droppable(sorted.length);
  return [sorted[dropped] ?? NaN, sorted[sorted.length - 1 - dropped] ?? NaN];
}

/** How many rounds of so many may disagree, if not one in a hundred such findings may be chance. @param {number} rounds */
function droppable(rounds) {
  let ways = 1;
  let chance = 0;
  for (let dropped = 0; ; dropped++) {
    chance += (2 * ways) / 2 ** rounds;
    if (chance > 0.01) return Math.max(0, dropped - 1);
    ways *= (rounds - dropped) / (dropped + 1);
  }
}

/**
 * Slower or faster is what the rounds agree on, and what somebody could feel.
 *
 * @param {number} ratio @param {[number, number]} spread @param {number} felt
 */
function verdictOn(ratio, [least, most], felt) {
  if (least > 1 && ratio > 1 + felt) return 'slower';
  if (most < 1 && ratio < 1 / (1 + felt)) return 'faster';
  return 'as before';
}
