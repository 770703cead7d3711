import { invalid } from '../values/argument.js';
import { optional, satisfying } from '../values/schema.js';

/** What OWASP recommends for PBKDF2 with HMAC-SHA-256. */
const ITERATIONS = 600_000;

/** What OWASP recommends for Argon2id with one lane, in KiB: with less memory at least so many passes. */
const LEAST_PASSES = [
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
  [9216, 4],
  [7168, 5],
] as const;

const LEAST_KIB = 7168;
/** 1 GiB: no page gets more in one piece everywhere. */
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
  /** `pbkdf2` (the default), which the browser has; or `argon2id`, which takes memory as well, and is loaded when asked for. */
  algorithm?: 'pbkdf2' | 'argon2id' | undefined;
  /** PBKDF2: how much work a guess takes. Another number makes another key. Default 600,000, and no less. */
  iterations?: number | undefined;
  /** Argon2id: how much memory a guess takes, in KiB, 7,168 to 1,048,576. Another number makes another key. Default 19,456. */
  memoryKiB?: number | undefined;
  /**
   * Argon2id: how often it goes through that, at most 100. Another number makes another key. Default 2; at least that, but
   * 1 from 47,104 KiB, and below 19,456 KiB 3 (from 12,288), 4 (from 9,216) or 5.
   */
  passes?: number | undefined;
}

/** How much work is asked for, with nothing left open. */
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
