import { LeastRecentlyUsed } from '../values/collections.js';
import type { Cipher } from '../database/schema.js';
import type { Keyring } from './keyring.js';
import { Plaintext } from './cipher.js';
import type { RowAddress, StoredRowAddress } from './encrypted-row.js';

/** The limit of the cache between operations, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** An encrypted row that has to be decrypted before an operation can go on. */
export interface Locked {
  address: RowAddress | StoredRowAddress;
  cipher: Cipher;
}

/** Decrypted rows, so that rows in frequent use are decrypted once. The least recently used are dropped. */
export class DecryptedCache {
  readonly #rows = new LeastRecentlyUsed<string, Plaintext>();
  #damaged: ReadonlySet<string> = new Set();
  #bytes = 0;

  isDamaged(print: string): boolean {
    return this.#damaged.has(print);
  }

  /** Rows stay damaged until they are written again. */
  setDamaged(prints: Iterable<string>): void {
    this.#damaged = new Set(prints);
  }

  get(print: string): Plaintext | undefined {
    return this.#rows.get(print);
  }

  add(print: string, plaintext: Plaintext): void {
    if (this.#rows.has(print)) return;
    this.#rows.set(print, plaintext);
    this.#bytes += plaintext.size;
    for (const [oldest, { size }] of this.#rows) {
      if (this.#bytes <= MOST_BYTES) return;
      this.#rows.delete(oldest);
      this.#bytes -= size;
    }
  }
}

/** What one operation has read and decrypted. All is kept until it is done, without a limit. */
export class DecryptedRows {
  /** What was answered as long as the database has this stamp, by request. */
  #answers: { stamp: string; byRequest: Map<string, unknown> } | undefined;
  /** `undefined` for rows that cannot be decrypted. */
  readonly #rows = new Map<string, Plaintext | undefined>();

  constructor(readonly remembered: DecryptedCache) {}

  /**
   * The answers to requests that were made before, in another transaction on the same state of the database: every write
   * replaces the stamp. Ciphers only, since nobody changes them.
   */
  answersAt(stamp: string): Map<string, unknown> {
    if (this.#answers?.stamp !== stamp) this.#answers = { stamp, byRequest: new Map() };
    return this.#answers.byRequest;
  }

  /** `locked` if it was not tried yet. */
  get(print: string): Plaintext | undefined | 'locked' {
    if (this.#rows.has(print)) return this.#rows.get(print);
    if (this.remembered.isDamaged(print)) return undefined;
    return this.remembered.get(print) ?? 'locked';
  }

  /**
   * Decrypts the rows that a rehearsal found locked. Resolves to whether the list of keys explains all rows that
   * were decrypted.
   */
  async decrypt({
    locked,
    keyring,
  }: {
    locked: ReadonlyMap<string, Locked>;
    keyring: Keyring;
  }): Promise<boolean> {
    const explained = await Promise.all(
      [...locked].map(async ([print, { address, cipher }]) => {
        const plaintext = await decryptRow(address, cipher, keyring);
        if (!plaintext && (await keyring.isContradictedBy(address, cipher))) return false;
        this.#rows.set(print, plaintext);
        if (plaintext) this.remembered.add(print, plaintext);
        return true;
      }),
    );
    return !explained.includes(false);
  }
}

/** `undefined` if no key decrypts the row at this address. */
export async function decryptRow(
  address: RowAddress | StoredRowAddress,
  cipher: Cipher,
  keyring: Keyring,
): Promise<Plaintext | undefined> {
  const bytes = await keyring.decrypt(address, cipher);
  return bytes && Plaintext.fromBytes(bytes);
}
