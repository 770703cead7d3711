import type { KeyList, LockedClock, StoredKey } from '../database/schema.js';
import { isCipher, encrypt, decrypt } from './cipher.js';
import { jsonOf } from '../platform/json.js';

/** `null` stands for unencrypted. */
export type Key = CryptoKey | null;

/** Keys by their ids in a database. */
export type KnownKeys = ReadonlyMap<string, Key>;

/** Marks a database that has, or may still have, unencrypted rows. */
export const UNENCRYPTED: StoredKey = { id: '', check: null };

/** Whether a stored value has the shape of an encrypted database's clock. */
export function isLocked(stored: unknown): stored is LockedClock {
  const { clock, stamp, database, turn, keys } = (stored ?? {}) as Partial<LockedClock>;
  return (
    isClock(clock) &&
    typeof stamp === 'string' &&
    typeof database === 'string' &&
    Number.isSafeInteger(turn) &&
    Array.isArray(keys) &&
    keys.length > 0 &&
    keys.every((key: Partial<StoredKey> | null) => typeof key?.id === 'string' && isCheck(key))
  );
}

const isCheck = ({ id, check }: Partial<StoredKey>) =>
  id === UNENCRYPTED.id ? check === null : isCipher(check);

/** Whether a stored value can be the clock of an unencrypted database. */
export const isClock = (stored: unknown): stored is number =>
  Number.isSafeInteger(stored) && (stored as number) >= 0;

/** A string that is the same for the same list only; the check values are bound to it. */
export const identityOf = ({ database, turn, keys }: KeyList): string =>
  jsonOf([database, turn, keys.map(({ id, check }) => [id, ...(check?.iv ?? [])])]);

/** Makes a list of keys that nobody can forge or change without one of its keys. */
export async function listOf(
  name: string,
  database: string,
  turn: number,
  keys: readonly (readonly [id: string, key: Key])[],
): Promise<KeyList> {
  const ids = keys.map(([id]) => id);
  const checks = keys.map(async ([id, key]): Promise<StoredKey> => {
    if (!key) return UNENCRYPTED;
    const binding = { database, turn, mixed: ids.includes(UNENCRYPTED.id), key: id };
    return { id, check: await encrypt(key, name, binding, listAddress(ids), new Uint8Array()) };
  });
  return { database, turn, keys: await Promise.all(checks) };
}

/** The key among `given` that decrypts the check value; if there is one, the list is authentic. */
export async function recognise(
  name: string,
  { database, turn, keys }: KeyList,
  { id, check }: StoredKey,
  given: readonly Key[],
): Promise<Key | undefined> {
  const ids = keys.map((each) => each.id);
  for (const key of given) {
    if (!check || !key) {
      if (check === key) return key;
      continue;
    }
    const claimed = { ...check, database, turn, mixed: ids.includes(UNENCRYPTED.id), key: id };
    if (await decrypt(key, name, listAddress(ids), claimed)) return key;
  }
  return undefined;
}

const listAddress = (ids: readonly string[]) => ['keys', ...ids];
