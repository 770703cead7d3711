import type { Done, PushHead, Refusal } from '../../sync/protocol/index.js';
import type { PushState } from './state.js';

/** What is the same for all lines of a push. */
export interface Push {
  state: PushState;
  head: PushHead;
  /** The server's time. */
  now: number;
  /** Bytes that the tenant may have. */
  tenantBytes: number;
  /** A later push of this replica has been seen, or this one: its ages are not of now. */
  isDuplicate: boolean;
}

/** What a line says, without its number. A session's `seq` is known only at the end. */
export type Outcome = Omit<Done, 'line'> | Refusal;

/** The refusal of what the tenant has no room for. */
export function full({ state, tenantBytes }: Push, bytes: number): Refusal | undefined {
  const all = state.tenant.bytes + state.added + bytes;
  return all > tenantBytes ? { refused: 'full', bytes: all, limit: tenantBytes } : undefined;
}
