import { createWith } from './offshoot.js';
import type { Variant } from './variant.js';

/** Offshoot that compacts when it is told to, so that there is something left to compact. */
export const create = (): Variant => createWith({ compaction: false });
