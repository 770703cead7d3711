/**
 * The measurements of a workload, round robin, so that what disturbs the machine for a while disturbs all alike.
 * Every round begins with another variant.
 *
 * @param {import('./variants.mjs').VariantPlan[]} chosen
 * @param {number} rounds
 * @param {number} peerRounds
 * @returns {{ variant: import('./variants.mjs').VariantPlan, round: number }[]}
 */
export function roundRobin(chosen, rounds, peerRounds) {
  return Array.from({ length: Math.max(rounds, peerRounds) }, (_, round) => {
    const turn = chosen.filter(({ often }) => round < (often ? rounds : peerRounds));
    const first = round % turn.length;
    return [...turn.slice(first), ...turn.slice(0, first)].map((variant) => ({ variant, round }));
  }).flat();
}
