import type { Message } from '../../src/index.js';
import { message } from '../../src/testing/sample-snapshots.js';

/** Messages that are long enough not to be kept inline. */
export const conversation = (length: number, prefix = 'm'): Message[] =>
  Array.from(
    { length },
    (_, n) => message(`${prefix}${n} `.padEnd(600, `${prefix}${n} lorem ipsum `)) as Message,
  );
