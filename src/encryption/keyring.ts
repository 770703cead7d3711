import { nanoid } from 'nanoid';
import type { Cipher, KeyList, StoredKey } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { unseal, type Binding } from './cipher.js';
import { identityOf, listOf, recognise, UNENCRYPTED, type Key, type KnownKeys } from './key-list.js';
import { jsonOf } from '../platform/json.js';

/** What a database's keys are to somebody who has them. */
export class Keyring {
  /** Whether the database lists the keys like this already. */
  isStored = false;
  /** Whether all rows were looked at, so that none of them can say that the list is not theirs. */
  isSurveyed = false;
  /** Rows have readings of the clock up to this one, whatever `meta` says. */
  leastClock = 0;

  constructor(
    /** The database's name, which everything is bound to. */
    readonly name: string,
    readonly list: KeyList,
    readonly keys: KnownKeys,
    /** All that the application has given. */
    readonly given: readonly Key[],
  ) {}

  /** What is written with. */
  get current(): { id: string; key: Key } {
    const { id } = this.list.keys[0]!;
    return { id, key: this.keys.get(id)! };
  }

  /** Whether rows may be read that are not encrypted. */
  get takesUnencrypted(): boolean {
    return this.list.keys.some(({ id }) => id === UNENCRYPTED.id);
  }

  /** Whether something may be left that is not under the current key. */
  get isRotating(): boolean {
    return this.list.keys.length > 1;
  }

  /** What is written is bound to this. */
  get binding(): Binding {
    const { database, turn } = this.list;
    return { database, turn, mixed: this.takesUnencrypted, key: this.current.id };
  }

  isSame(other: Keyring): boolean {
    return identityOf(this.list) === identityOf(other.list);
  }

  /** Whether the list explains that there is such a row. */
  explains({ database, turn, key }: Cipher): boolean {
    const { list } = this;
    return database === list.database && turn <= list.turn && this.keys.has(key);
  }

  async unseal(place: unknown, cipher: Cipher): Promise<ArrayBuffer | undefined> {
    const key = this.explains(cipher) ? this.keys.get(cipher.key) : undefined;
    return key ? unseal(key, this.name, place, cipher) : undefined;
  }

  /** Whether a row that the list does not explain is genuine all the same, so that the list cannot be. */
  async isContradictedBy(place: unknown, cipher: Cipher): Promise<boolean> {
    if (this.isSurveyed || this.explains(cipher)) return false;
    return (await unsealWith(this.given, this.name, place, cipher)) !== undefined;
  }

  /** The first key alone; `null` if that is none. */
  async settled(): Promise<Keyring | null> {
    const { name, list, given } = this;
    const { id, key } = this.current;
    if (!key) return null;
    const known = new Map([[id, key]]);
    return new Keyring(name, await listOf(name, list.database, list.turn + 1, [...known]), known, given);
  }
}

/** The first of some keys that opens something, and what is inside. */
export async function unsealWith(
  given: readonly Key[],
  name: string,
  place: unknown,
  cipher: Cipher,
): Promise<{ key: CryptoKey; bytes: ArrayBuffer } | undefined> {
  for (const key of given) {
    const bytes = key ? await unseal(key, name, place, cipher) : undefined;
    if (key && bytes) return { key, bytes };
  }
  return undefined;
}

/** A key that a list names, and that was not given. */
export interface Missing {
  key: StoredKey;
  /** Others of the list were given, so that it is known to be as it was made. */
  isCertain: boolean;
}

/** Finds given keys among those that a database lists, and puts the first of them in front if it is not there. */
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

/** With a list of its own, which has the first of the given keys in front. */
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

/** Why a database is not opened that needs a key which was not given. */
export function refusal(
  missing: StoredKey | undefined,
  knowsOthers: boolean,
  place?: readonly unknown[],
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
      ? `the database is encrypted with a further key${place ? `, at least its row ${jsonOf(place)}` : ''}. Reload the page for the new one, or add the old one to encryption.previousKeys`
      : 'the database is encrypted with another key. Nothing was changed; ask for the passphrase again',
    'options.encryption',
  );
}
