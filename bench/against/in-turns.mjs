/** @typedef {'now' | 'before'} Side the working tree's Offshoot, or the commit's */
/** @typedef {Record<string, number>} Values */
/** @typedef {Record<Side, Values>} Round what both came to, side by side */

/**
 * Both do the same, one after the other; who begins, changes from round to round.
 *
 * @param {number} rounds @param {(side: Side) => Promise<Values>} work @returns {Promise<Round[]>}
 */
export async function inTurns(rounds, work) {
  /** @type {Round[]} */
  const done = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) {
      const now = await work('now');
      done.push({ now, before: await work('before') });
    } else {
      const before = await work('before');
      done.push({ now: await work('now'), before });
    }
  }
  return done;
}
