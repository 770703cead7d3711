import { createWith } from './sqlite-opfs.js';
import type { Variant } from './variant.js';

/** SQLite with a write-ahead log and no sync at a commit. */
export const create = (): Variant => createWith({ relaxed: true });
