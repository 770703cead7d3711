import { nanoid } from 'nanoid';
import type { Connection } from '../database/connection.js';
import type { Cipher, LogKey } from '../database/schema.js';
import { isClock, isLocked, UNENCRYPTED, type Key } from './key-list.js';
import { keyringOf, refusal, unsealWith, type Keyring } from './keyring.js';
import { Plaintext } from './plaintext.js';
import { isSealed, type StoredRowAddress, type RowAddress } from './encrypted-row.js';
import { rowBatchesOf, STORES_OF_ROWS } from './row-batches.js';

/** If so many rows were looked at and none of them opens, the keys are the wrong ones. */
const MOST_UNOPENED = 32;

/** Where rows are small, and are written whenever something is saved. */
export const WITNESSES = ['snapshots', 'sessions'] as const;

/** What genuine rows of one database say. */
interface Witness {
  database: string;
  rows: number;
  keys: Map<string, Key>;
  /** Keys under which nothing opened, by their ids: as of the latest list that is named, and where that is. */
  unknown: Map<string, { turn: number; place: RowAddress | StoredRowAddress }>;
  /** As of the latest list that any row knows of. */
  turn: number;
  mixed: boolean;
  clock: number;
}

export interface Findings {
  /** Of the database of which most rows are; `undefined` if none opens. */
  witness: Witness | undefined;
  all: ReadonlyMap<string, Witness>;
  sealed: number;
  plain: number;
}

/** Asks the rows themselves which keys a database needs. They name their keys, and nobody makes them without one. */
export async function survey(
  connection: Connection,
  name: string,
  given: readonly Key[],
  stores: typeof STORES_OF_ROWS = STORES_OF_ROWS,
  signal?: AbortSignal,
): Promise<Findings> {
  const witnesses = new Map<string, Witness>();
  let [sealed, plain, opened] = [0, 0, 0];
  for await (const slice of rowBatchesOf(connection, stores)) {
    signal?.throwIfAborted();
    for (const { store, places, row } of slice) {
      if (!isSealed(row)) {
        if (store !== 'quarantine' && !('cipher' in Object(row))) plain++;
        continue;
      }
      sealed++;
      const witness = witnesses.get(row.cipher.database) ?? newWitness(row.cipher.database);
      witnesses.set(witness.database, witness);
      for (const place of places) {
        if (await hear(witness, name, place, row.cipher, given)) {
          opened++;
          break;
        }
        // What was put aside waits for nobody.
        if (store !== 'quarantine') noteUnknown(witness, place, row.cipher);
      }
    }
    if (opened === 0 && sealed >= MOST_UNOPENED) break;
  }
  const [witness] = [...witnesses.values()].sort((a, b) => b.rows - a.rows);
  return { witness: witness && witness.rows > 0 ? witness : undefined, all: witnesses, sealed, plain };
}

const newWitness = (database: string): Witness => ({
  database,
  rows: 0,
  keys: new Map(),
  unknown: new Map(),
  turn: -1,
  mixed: false,
  clock: 0,
});

function noteUnknown(
  { keys, unknown }: Witness,
  place: RowAddress | StoredRowAddress,
  { key, turn }: Cipher,
): void {
  const before = unknown.get(key);
  if (!keys.has(key) && (!before || before.turn < turn)) unknown.set(key, { turn, place });
}

async function hear(
  witness: Witness,
  name: string,
  place: RowAddress | StoredRowAddress,
  cipher: Cipher,
  given: readonly Key[],
): Promise<boolean> {
  const known = witness.keys.get(cipher.key);
  const opened = await unsealWith(known ? [known] : given, name, place, cipher);
  if (!opened) return false;
  witness.rows++;
  witness.keys.set(cipher.key, opened.key);
  witness.unknown.delete(cipher.key);
  if (cipher.turn > witness.turn) {
    witness.turn = cipher.turn;
    witness.mixed = cipher.mixed;
  }
  const [store, key] = place;
  if (store === 'quarantine') return true;
  const reading: unknown =
    store === 'logs' ? (key as LogKey)[0] : Plaintext.fromBytes(opened.bytes).toRow().version;
  if (isClock(reading)) witness.clock = Math.max(witness.clock, reading);
  return true;
}

/**
 * Makes a list of keys in place of one that is lost, or is not believed; or finds that the list is right. What it says
 * is as of before: whoever writes on the strength of it proves that `meta` has not been written since. Errors:
 * `PERMISSION_DENIED`, `FAILED_PRECONDITION` if a key is missing.
 */
export async function rebuilt(
  connection: Connection,
  name: string,
  stored: unknown,
  given: readonly Key[],
  listed: Keyring | undefined,
): Promise<Keyring> {
  // The rows of a database that is only now being encrypted may be many.
  const first = isClock(stored) ? await survey(connection, name, given, WITNESSES) : undefined;
  const { witness, sealed, plain } = first?.sealed === 0 ? first : await survey(connection, name, given);
  if (listed && (!witness || knowsAll(listed, witness))) {
    listed.isSurveyed = true;
    return listed;
  }
  if (!witness && (sealed > 0 || isLocked(stored))) throw refusal(undefined, false);
  if (witness && witness.unknown.size > 0) throw refusal(undefined, true);
  const known = new Map(witness?.keys);
  const { database = nanoid(), turn = 0, clock = 0 } = witness ?? {};
  // Where all is encrypted already, what is not was put there by somebody else.
  const mayBePlain = witness ? witness.mixed && plain > 0 : plain > 0 || isClock(stored);
  if (mayBePlain) {
    if (!given.includes(null)) throw refusal(UNENCRYPTED, false);
    known.set(UNENCRYPTED.id, null);
  }
  const keyring = await keyringOf(name, database, turn + 1, known, given);
  keyring.isSurveyed = true;
  if (witness) keyring.leastClock = Math.max(clock + 1, Date.now() * 1000);
  return keyring;
}

/** Whether a list explains all that genuine rows say. */
export const knowsAll = ({ list, keys }: Keyring, { database, turn, keys: needed }: Witness): boolean =>
  database === list.database && turn <= list.turn && [...needed.keys()].every((id) => keys.has(id));
