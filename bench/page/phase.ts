import type { Variant } from '../variants/variant.js';

export interface Request {
  variant: string;
  workload: string;
}

/** Something that a page can be asked to do. Its result is plain data. */
export type Phase = (load: () => Promise<Variant>, request: Request) => Promise<unknown>;
