import { LeastRecentlyUsed } from '../runtime/least-recently-used.js';
import type { Cipher } from '../database/schema.js';
import type { Keyring } from './keyring.js';
import { Plaintext } from './plaintext.js';
import type { StoredRowAddress, RowAddress } from './encrypted-row.js';

/** What is remembered from one operation to the next, in bytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A sealed row that has to be opened before an operation can go on. */
export interface Locked {
  place: RowAddress | StoredRowAddress;
  cipher: Cipher;
}

/** Rows that were opened before, so that what is used often is decrypted once. What was used longest ago goes. */
export class DecryptedCache {
  readonly #rows = new LeastRecentlyUsed<string, Plaintext>();
  #damaged: ReadonlySet<string> = new Set();
  #bytes = 0;

  isDamaged(print: string): boolean {
    return this.#damaged.has(print);
  }

  /** What was changed stays so until it is written anew. */
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

/** What one operation has opened. Held until it is done, however much it is. */
export class Opening {
  /** `undefined` for what cannot be opened. */
  readonly #rows = new Map<string, Plaintext | undefined>();

  constructor(readonly remembered: DecryptedCache) {}

  /** `locked` if it has yet to be opened. */
  get(print: string): Plaintext | undefined | 'locked' {
    if (this.#rows.has(print)) return this.#rows.get(print);
    if (this.remembered.isDamaged(print)) return undefined;
    return this.remembered.get(print) ?? 'locked';
  }

  /** Opens what was locked on a stage. Resolves to whether all that opens is explained by the list of keys. */
  async open({
    locked,
    keyring,
  }: {
    locked: ReadonlyMap<string, Locked>;
    keyring: Keyring;
  }): Promise<boolean> {
    const explained = await Promise.all(
      [...locked].map(async ([print, { place, cipher }]) => {
        const plaintext = await openRow(place, cipher, keyring);
        if (!plaintext && (await keyring.isContradictedBy(place, cipher))) return false;
        this.#rows.set(print, plaintext);
        if (plaintext) this.remembered.add(print, plaintext);
        return true;
      }),
    );
    return !explained.includes(false);
  }
}

/** `undefined` if none of the keys opens it there. */
export async function openRow(
  place: RowAddress | StoredRowAddress,
  cipher: Cipher,
  keyring: Keyring,
): Promise<Plaintext | undefined> {
  const bytes = await keyring.unseal(place, cipher);
  return bytes && Plaintext.fromBytes(bytes);
}
