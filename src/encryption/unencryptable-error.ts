import type { LogRow, SnapshotRow, Spans } from '../database/schema.js';
import type { SessionStoreError } from '../errors.js';
import { invalid } from '../values/arguments.js';
import type { RowStore } from './encrypted-row.js';
import { spansIn } from '../database/spans.js';

/** The error for a row that cannot be encrypted, with the path that the application knows the value by. */
export function unencryptable(store: RowStore | 'quarantine', row: any, cause: unknown): SessionStoreError {
  return refusal(keysFor(store, row, pathOf(cause)), cause);
}

const pathOf = (cause: unknown) => (cause as { path?: readonly string[] }).path ?? [];

/** An entry of a log that cannot be encrypted. Only a snapshot's row tells which snapshot it belongs to. */
export class UnfitEntry {
  readonly #at: number;
  readonly #path: readonly string[];

  constructor(
    readonly log: number,
    row: LogRow,
    readonly cause: unknown,
  ) {
    const [, index, ...path] = pathOf(cause);
    this.#at = row.at + Number(index);
    this.#path = path;
  }

  /** The error with the snapshot's path; `undefined` if the snapshot does not have the entry. */
  refusedIn({ state }: SnapshotRow): SessionStoreError | undefined {
    for (const field of state?.fields ?? []) {
      const index = field[1] === 'value' ? undefined : this.#indexIn(field[2]);
      if (index === undefined) continue;
      const [key, kind] = field;
      // A linked entry is stored as [element, ...links], so the first step is dropped.
      const path = kind === 'linked' ? this.#path.slice(1) : this.#path;
      return refusal(['state', key, ...(kind === 'one' ? [] : [String(index)]), ...path], this.cause);
    }
    return undefined;
  }

  #indexIn(spans: Spans): number | undefined {
    let before = 0;
    for (const [log, from, count] of spansIn(spans)) {
      const offset = this.#at - from;
      if (log === this.log && offset >= 0 && offset < count) return before + offset;
      before += count;
    }
    return undefined;
  }
}

function refusal(path: readonly string[], cause: unknown): SessionStoreError {
  return invalid(
    path.join('.'),
    'cannot be encrypted. Leave out objects of the browser such as keys, bitmaps and file handles',
    cause,
  );
}

function keysFor(store: RowStore | 'quarantine', row: any, keys: readonly string[]): string[] {
  const [first, second, third, ...rest] = keys;
  if (store === 'sessions') return ['patch', ...keys];
  if (store === 'quarantine') return [store, ...keys];
  // A log's row does not tell whose state its entries are part of; see above.
  if (store === 'logs') return ['state'];
  if (first !== 'state') return keys.slice(1);
  return second === 'fields' ? ['state', row.state.fields[Number(third)][0], ...rest.slice(1)] : ['state'];
}
