import { nanoid } from 'nanoid';
import type { StoredKey } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { seal, unseal } from './cipher.js';

/** `null` stands for no encryption. */
export type Key = CryptoKey | null;

/** Marks a database that holds, or may still hold, rows that are not encrypted. */
export const UNENCRYPTED: StoredKey = { id: '', check: null };

/** What a database's keys are to somebody who has them. */
export class Keyring {
  constructor(
    /** As the database lists them: the first is written with, the others are still read with. */
    readonly stored: readonly StoredKey[],
    readonly keys: ReadonlyMap<string, Key>,
  ) {}

  /** What is written with. */
  get current(): { id: string; key: Key } {
    const { id } = this.stored[0]!;
    return { id, key: this.keys.get(id)! };
  }

  /** Whether rows may be read that are not encrypted. */
  get takesUnencrypted(): boolean {
    return this.keys.has(UNENCRYPTED.id);
  }

  /** Whether something is left that is not under the current key. */
  get isRotating(): boolean {
    return this.stored.length > 1;
  }

  fits(stored: readonly StoredKey[]): boolean {
    return stored.length === this.stored.length && stored.every(({ id }, i) => id === this.stored[i]!.id);
  }
}

/** The keys that an application gave to a store. */
export class KeyHolder {
  #made: Promise<StoredKey> | undefined;

  constructor(
    /** The first is to be written with. */
    readonly given: readonly Key[],
  ) {}

  /**
   * Finds the given keys among those of a database, and puts the first of them in front if it is not there. Errors:
   * `PERMISSION_DENIED` if the database has a key that was not given; `FAILED_PRECONDITION` if it is not encrypted
   * and that was not expected.
   */
  async unlock(stored: readonly StoredKey[]): Promise<Keyring> {
    const keys = new Map<string, Key>();
    for (const each of stored) {
      const key = await this.#find(each);
      if (key !== undefined) keys.set(each.id, key);
    }
    const missing = stored.find((each) => !keys.has(each.id));
    if (missing) throw refusal(missing, keys.size > 0);
    const [wanted] = this.given;
    const known = stored.find(({ id }) => keys.get(id) === wanted);
    const current = known ?? (await this.#make());
    keys.set(current.id, wanted!);
    return new Keyring([current, ...stored.filter((each) => each !== known)], keys);
  }

  async #find({ check }: StoredKey): Promise<Key | undefined> {
    for (const key of this.given) {
      if (check === null ? key === null : key && (await unseal(key, CHECK, check))) return key;
    }
    return undefined;
  }

  /** How a database will know the first key. */
  #make(): Promise<StoredKey> {
    const [key] = this.given;
    this.#made ??= key
      ? seal(key, nanoid(), CHECK, new Uint8Array()).then((check) => ({ id: check.key, check }))
      : Promise.resolve(UNENCRYPTED);
    return this.#made;
  }
}

/** The place that a key's check value belongs to. */
const CHECK = 'check';

function refusal({ check }: StoredKey, knowsOthers: boolean): SessionStoreError {
  if (!check) {
    return new SessionStoreError(
      'FAILED_PRECONDITION',
      'the database is not encrypted. Open it without encryption, or have it encrypted: encryption.previousKeys: [null]',
      'options.encryption',
    );
  }
  return new SessionStoreError(
    'PERMISSION_DENIED',
    knowsOthers
      ? 'the database is encrypted with a further key. Reload the page for the new one, or add the old one to encryption.previousKeys'
      : 'the database is encrypted with another key. Nothing was changed; ask for the passphrase again',
    'options.encryption',
  );
}
