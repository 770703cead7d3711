import { nanoid } from 'nanoid';
import type { Connection } from '../database/connection.js';
import type { Cipher, LogKey } from '../database/schema.js';
import {
  decryptWith,
  isClock,
  isLocked,
  type Key,
  type Keyring,
  keyringOf,
  refusal,
  UNENCRYPTED,
} from './keyring.js';
import { Plaintext } from './cipher.js';
import { hasCipher, type RowAddress, type RowKey, type StoredRowAddress } from './encrypted-row.js';
import type { RecordingTransaction } from './recording-transaction.js';
import { rowBatchesOf, STORES_OF_ROWS } from './row-batches.js';

/** If so many rows were tried and none could be decrypted, the keys are wrong. */
const MOST_UNDECRYPTED = 32;

/** The stores that are surveyed first: their rows are small, and every save writes some. */
export const WITNESSES = ['snapshots', 'sessions'] as const;

/** What the authentic rows of one database tell. */
interface Witness {
  database: string;
  rows: number;
  keys: Map<string, Key>;
  /** Keys that are needed and were not given, by id: the latest list that names each, and where. */
  unknown: Map<string, { turn: number; address: RowAddress | StoredRowAddress }>;
  /** The latest list that a row names. */
  turn: number;
  mixed: boolean;
  clock: number;
}

export interface Findings {
  /** The database that most rows belong to; `undefined` if none can be decrypted. */
  witness: Witness | undefined;
  all: ReadonlyMap<string, Witness>;
  encrypted: number;
  plain: number;
}

/** Finds out from the rows which keys a database needs. Rows name their keys, and cannot be forged without one. */
export async function survey(
  connection: Connection,
  name: string,
  given: readonly Key[],
  stores: typeof STORES_OF_ROWS = STORES_OF_ROWS,
  signal?: AbortSignal,
): Promise<Findings> {
  const witnesses = new Map<string, Witness>();
  let [encrypted, plain, decrypted] = [0, 0, 0];
  for await (const slice of rowBatchesOf(connection, stores)) {
    signal?.throwIfAborted();
    for (const { store, addresses, row } of slice) {
      if (!hasCipher(row)) {
        if (store !== 'quarantine' && !('cipher' in Object(row))) plain++;
        continue;
      }
      encrypted++;
      const witness = witnesses.get(row.cipher.database) ?? newWitness(row.cipher.database);
      witnesses.set(witness.database, witness);
      for (const address of addresses) {
        if (await hear(witness, name, address, row.cipher, given)) {
          decrypted++;
          break;
        }
        // A row in the quarantine does not make a key necessary.
        if (store !== 'quarantine') noteUnknown(witness, address, row.cipher);
      }
    }
    if (decrypted === 0 && encrypted >= MOST_UNDECRYPTED) break;
  }
  const [witness] = [...witnesses.values()].sort((a, b) => b.rows - a.rows);
  return { witness: witness && witness.rows > 0 ? witness : undefined, all: witnesses, encrypted, plain };
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
  address: RowAddress | StoredRowAddress,
  { key, turn }: Cipher,
): void {
  const before = unknown.get(key);
  if (!keys.has(key) && (!before || before.turn < turn)) unknown.set(key, { turn, address });
}

async function hear(
  witness: Witness,
  name: string,
  address: RowAddress | StoredRowAddress,
  cipher: Cipher,
  given: readonly Key[],
): Promise<boolean> {
  const known = witness.keys.get(cipher.key);
  const decrypted = await decryptWith(known ? [known] : given, name, address, cipher);
  if (!decrypted) return false;
  witness.rows++;
  witness.keys.set(cipher.key, decrypted.key);
  witness.unknown.delete(cipher.key);
  if (cipher.turn > witness.turn) {
    witness.turn = cipher.turn;
    witness.mixed = cipher.mixed;
  }
  const [store, key] = address;
  if (store === 'quarantine') return true;
  const reading: unknown =
    store === 'logs' ? (key as LogKey)[0] : Plaintext.fromBytes(decrypted.bytes).toRow().version;
  if (isClock(reading)) witness.clock = Math.max(witness.clock, reading);
  return true;
}

/**
 * Makes a list of keys in place of a lost or contradicted one, or confirms the list. The result is valid for what was
 * read before: a write based on it has to prove that `meta` is unchanged. Errors: `PERMISSION_DENIED`,
 * `FAILED_PRECONDITION` if a key is missing.
 */
export async function rebuilt(
  connection: Connection,
  name: string,
  stored: unknown,
  given: readonly Key[],
  listed: Keyring | undefined,
): Promise<Keyring> {
  // If encryption is only beginning, there may be many unencrypted rows, and a few stores are enough.
  const first = isClock(stored) ? await survey(connection, name, given, WITNESSES) : undefined;
  const { witness, encrypted, plain } =
    first?.encrypted === 0 ? first : await survey(connection, name, given);
  if (listed && (!witness || knowsAll(listed, witness))) {
    listed.isSurveyed = true;
    return listed;
  }
  if (!witness && (encrypted > 0 || isLocked(stored))) throw refusal(undefined, false);
  if (witness && witness.unknown.size > 0) throw refusal(undefined, true);
  const known = new Map(witness?.keys);
  const { database = nanoid(), turn = 0, clock = 0 } = witness ?? {};
  // If everything was encrypted already, unencrypted rows were put there from outside.
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

/** Whether a list accounts for all authentic rows. */
export const knowsAll = ({ list, keys }: Keyring, { database, turn, keys: needed }: Witness): boolean =>
  database === list.database && turn <= list.turn && [...needed.keys()].every((id) => keys.has(id));

/** Encrypts the first snapshot, because a tab without a key that finds no list of keys checks only that row. */
export async function encryptFirst(stage: RecordingTransaction): Promise<void> {
  if (!stage.keyring.takesUnencrypted || !stage.keyring.current.key) return;
  const [first] = await stage.stored('snapshots').getAll(undefined, 1);
  if (!first || hasCipher(first)) return;
  try {
    Plaintext.of(first);
  } catch {
    // It has a value that cannot be encrypted; only the rotation, which encrypts everything, has to report that.
    return;
  }
  await stage.encryptAgain('snapshots', first.id);
}

/** Encrypts a few rows of each store again, so that they name the list of keys of now. */
export const encryptWitnesses = (stage: RecordingTransaction): Promise<unknown> =>
  Promise.all(
    WITNESSES.map(async (store) => {
      const keys: RowKey[] = await stage.stored(store).getAllKeys(undefined, 4);
      await Promise.all(keys.map((key) => stage.encryptAgain(store, key)));
    }),
  );
