import { invalid } from '../values/arguments.js';
import { optional, satisfying } from '../values/schema.js';

/** OWASP's recommendation for PBKDF2 with HMAC-SHA-256. */
const ITERATIONS = 600_000;

/** OWASP's recommendation for Argon2id with one lane, in KiB: less memory needs more passes. */
const LEAST_PASSES = [
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
  [9216, 4],
  [7168, 5],
] as const;

const LEAST_KIB = 7168;
/** 1 GiB: browsers do not reliably allocate more in one piece. */
const MOST_KIB = 2 ** 20;
const MOST_PASSES = 100;

const whole = (least: number, most: number, told = `a whole number from ${least} to ${most}`) =>
  optional(satisfying((count) => Number.isInteger(count) && count >= least && count <= most, told));

export const workShape = {
  algorithm: optional(
    satisfying((name) => name === 'pbkdf2' || name === 'argon2id', '"pbkdf2" or "argon2id"'),
  ),
  iterations: whole(ITERATIONS, 2 ** 32 - 1, `a whole number from ${ITERATIONS}`),
  memoryKiB: whole(LEAST_KIB, MOST_KIB),
  passes: whole(1, MOST_PASSES),
};

export interface WorkFactor {
  /** `pbkdf2` (the default), which the browser has; or `argon2id`, which also costs memory, and is loaded on demand. */
  algorithm?: 'pbkdf2' | 'argon2id' | undefined;
  /**
   * PBKDF2: the work for each guess. Another number derives another key. Default 600,000, which is also the minimum.
   */
  iterations?: number | undefined;
  /**
   * Argon2id: the memory for each guess, in KiB, 7,168 to 1,048,576. Another number derives another key. Default
   * 19,456.
   */
  memoryKiB?: number | undefined;
  /**
   * Argon2id: the passes over that memory, at most 100. Another number derives another key. Default 2; at least that,
   * but 1 from 47,104 KiB, and below 19,456 KiB 3 (from 12,288), 4 (from 9,216) or 5.
   */
  passes?: number | undefined;
}

/** The work factor, with all defaults filled in. */
export type Work = { iterations: number } | { memoryKiB: number; passes: number };

export function workOf({ algorithm, iterations, memoryKiB, passes }: WorkFactor): Work {
  if (algorithm !== 'argon2id') {
    const stranger = memoryKiB !== undefined ? 'memoryKiB' : passes !== undefined && 'passes';
    if (!stranger) return { iterations: iterations ?? ITERATIONS };
    throw invalid(`options.${stranger}`, `is for algorithm: 'argon2id'. PBKDF2 has iterations`);
  }
  if (iterations !== undefined) {
    throw invalid('options.iterations', 'is for PBKDF2. Argon2id has passes, and memoryKiB');
  }
  const work = { memoryKiB: memoryKiB ?? 19_456, passes: passes ?? 2 };
  const [, least] = LEAST_PASSES.find(([memory]) => memory <= work.memoryKiB)!;
  if (work.passes >= least) return work;
  throw invalid(
    'options.passes',
    `expected at least ${least} with ${work.memoryKiB} KiB of memory, got ${work.passes}`,
  );
}
