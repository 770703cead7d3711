import type { Cipher, KeyList, LockedClock, StoredKey } from '../database/schema.js';
import { type Binding, decrypt, encrypt, isCipher } from './cipher.js';
import { isReading, unsigned } from '../database/rows.js';
import { jsonOf } from '../platform/json.js';
import { Labels } from './labels.js';
import { nanoid } from 'nanoid';
import { SessionStoreError } from '../errors.js';

/** `null` stands for unencrypted. */
export type Key = CryptoKey | null;

/** Keys by their ids in a database. */
type KnownKeys = ReadonlyMap<string, Key>;

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
export const isClock = (stored: unknown): stored is number => isReading(unsigned(stored));

/** A string that is the same for the same list only; the check values are bound to it. */
export const identityOf = ({ database, turn, keys }: KeyList): string =>
  jsonOf([database, turn, keys.map(({ id, check }) => [id, ...(check?.iv ?? [])])]);

/** Makes a list of keys that nobody can forge or change without one of its keys. */
async function listOf(
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
async function recognise(
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

/** A database's list of keys, with the keys that were given. */
export class Keyring {
  /** Whether the database stores this list already. */
  isStored = false;
  /** Whether all rows were surveyed, so that none contradicts the list. */
  isSurveyed = false;
  /** Rows have versions up to this one, whatever `meta` says. */
  leastClock = 0;
  #labels: Labels | undefined;

  constructor(
    /** The database's name, which all ciphers are bound to. */
    readonly name: string,
    readonly list: KeyList,
    readonly keys: KnownKeys,
    /** All keys that the application gave. */
    readonly given: readonly Key[],
  ) {}

  /** The key that encrypts new rows. */
  get current(): { id: string; key: Key } {
    const { id } = this.list.keys[0]!;
    return { id, key: this.keys.get(id)! };
  }

  /** How the index of metadata has values; `undefined` if new rows are not encrypted. */
  get labels(): Labels | undefined {
    const { id, key } = this.current;
    return key ? (this.#labels ??= new Labels(key, [this.name, this.list.database, id])) : undefined;
  }

  /** Whether unencrypted rows are accepted. */
  get takesUnencrypted(): boolean {
    return this.list.keys.some(({ id }) => id === UNENCRYPTED.id);
  }

  /** Whether there may be rows that are not under the current key. */
  get isRotating(): boolean {
    return this.list.keys.length > 1;
  }

  /** What new ciphers are bound to. */
  get binding(): Binding {
    const { database, turn } = this.list;
    return { database, turn, mixed: this.takesUnencrypted, key: this.current.id };
  }

  isSame(other: Keyring): boolean {
    return identityOf(this.list) === identityOf(other.list);
  }

  /** Whether the list accounts for a row with this cipher. */
  explains({ database, turn, key }: Cipher): boolean {
    const { list } = this;
    return database === list.database && turn <= list.turn && this.keys.has(key);
  }

  async decrypt(address: unknown, cipher: Cipher): Promise<ArrayBuffer | undefined> {
    const key = this.explains(cipher) ? this.keys.get(cipher.key) : undefined;
    return key ? decrypt(key, this.name, address, cipher) : undefined;
  }

  /** Whether a row that the list does not account for is authentic, which shows that the list is wrong. */
  async isContradictedBy(address: unknown, cipher: Cipher): Promise<boolean> {
    if (this.isSurveyed || this.explains(cipher)) return false;
    return (await decryptWith(this.given, this.name, address, cipher)) !== undefined;
  }

  /** The keyring with the current key only; `null` if that is `null`. */
  async settled(): Promise<Keyring | null> {
    const { name, list, given } = this;
    const { id, key } = this.current;
    if (!key) return null;
    const known = new Map([[id, key]]);
    return new Keyring(name, await listOf(name, list.database, list.turn + 1, [...known]), known, given);
  }
}

/** The first of some keys that decrypts a cipher, and the plaintext. */
export async function decryptWith(
  given: readonly Key[],
  name: string,
  address: unknown,
  cipher: Cipher,
): Promise<{ key: CryptoKey; bytes: ArrayBuffer } | undefined> {
  for (const key of given) {
    const bytes = key ? await decrypt(key, name, address, cipher) : undefined;
    if (key && bytes) return { key, bytes };
  }
  return undefined;
}

/** A key of the list that was not given. */
export interface Missing {
  key: StoredKey;
  /** Another key of the list was given, so the list is known to be authentic. */
  isCertain: boolean;
}

/** Matches given keys with a database's list, and makes a new list if the first given key is not its first. */
export async function unlock(name: string, list: KeyList, given: readonly Key[]): Promise<Keyring | Missing> {
  const known = new Map<string, Key>();
  for (const each of list.keys) {
    const key = await recognise(name, list, each, given);
    if (key !== undefined) known.set(each.id, key);
  }
  const key = list.keys.find(({ id }) => !known.has(id));
  const isCertain = [...known.values()].some((each) => each !== null);
  if (key || !isCertain) return { key: key ?? list.keys[0]!, isCertain };
  const isCurrent = known.get(list.keys[0]!.id) === given[0];
  if (!isCurrent) return keyringOf(name, list.database, list.turn + 1, known, given);
  const { database, turn, keys } = list;
  const keyring = new Keyring(name, { database, turn, keys }, known, given);
  keyring.isStored = true;
  return keyring;
}

/** Makes a keyring with a new list, with the first given key in front. */
export async function keyringOf(
  name: string,
  database: string,
  turn: number,
  known: KnownKeys,
  given: readonly Key[],
): Promise<Keyring> {
  const [wanted] = given;
  const all = [...known];
  const current =
    all.find(([, key]) => key === wanted) ?? ([wanted ? nanoid() : UNENCRYPTED.id, wanted!] as const);
  const keys = [current, ...all.filter((each) => each !== current)];
  return new Keyring(name, await listOf(name, database, turn, keys), new Map(keys), given);
}

/** The error for a database that needs a key which was not given. */
export function refusal(
  missing: StoredKey | undefined,
  knowsOthers: boolean,
  address?: readonly unknown[],
): SessionStoreError {
  if (missing && !missing.check) {
    return new SessionStoreError(
      'FAILED_PRECONDITION',
      'the database is not encrypted. Open it without encryption, or have it encrypted: encryption.previousKeys: [null]',
      'options.encryption',
    );
  }
  return new SessionStoreError(
    'PERMISSION_DENIED',
    knowsOthers
      ? `the database is encrypted with a further key${address ? `, at least its row ${jsonOf(address)}` : ''}. Reload the page for the new one, or add the old one to encryption.previousKeys`
      : 'the database is encrypted with another key. Nothing was changed; ask for the passphrase again',
    'options.encryption',
  );
}
