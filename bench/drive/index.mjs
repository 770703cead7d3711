import { measureChat } from './chat.mjs';
import { measureCompaction } from './compaction.mjs';
import { measureConcurrent } from './concurrent.mjs';
import { measureCrash } from './crash.mjs';
import { measureDelivery } from './delivery.mjs';
import { measureHeap } from './heap.mjs';
import { measureMany } from './many.mjs';
import { measureOpening } from './opening.mjs';
import { measureSessions } from './sessions.mjs';
import { measureStream } from './stream.mjs';
import { measureTransfer } from './transfer.mjs';
import { measureValues } from './values.mjs';
import { NotOffered } from './browser.mjs';

const drivers = {
  chat: measureChat,
  concurrent: measureConcurrent,
  delivery: measureDelivery,
  crash: measureCrash,
  sessions: measureSessions,
  opening: measureOpening,
  stream: measureStream,
  many: measureMany,
  values: measureValues,
  transfer: measureTransfer,
  compaction: measureCompaction,
  heap: measureHeap,
};

/**
 * @typedef {object} Result
 * @property {string} workload
 * @property {string} variant
 * @property {number} round
 * @property {number} seconds how long the measurement took
 * @property {number} load of the machine, over the last minute
 * @property {Record<string, any>} [values]
 * @property {string} [notOffered] the variant cannot do it, and why
 * @property {string} [failed] it should have, and what happened
 */

/**
 * One measurement, in a fresh profile. What cannot be measured is a result as well.
 *
 * @param {import('./browser.mjs').Subject} subject
 * @param {import('../plan/workloads.mjs').WorkloadPlan} workload
 * @returns {Promise<Pick<Result, 'values' | 'notOffered' | 'failed'>>}
 */
export async function measure(subject, workload) {
  try {
    return { values: await drivers[workload.kind](subject, workload) };
  } catch (error) {
    if (error instanceof NotOffered) return { notOffered: error.message };
    const [line = ''] = /** @type {Error} */ (error).message.split('\n');
    return { failed: line.replace('page.evaluate: ', '') };
  }
}
