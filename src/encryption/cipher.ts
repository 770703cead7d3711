import { answerOf } from '../database/answer.js';
import type { Cipher } from '../database/schema.js';
import { kindOf } from '../platform/kind.js';
import { randomBytes, subtleCrypto } from '../platform/crypto.js';
import { jsonOf } from '../platform/json.js';

const ALGORITHM = 'AES-GCM';

/** The IV length that GCM is designed for, in bytes. It is random, so one key is good for about 2³² rows. */
const IV_LENGTH = 12;

/** What a cipher is bound to, besides the database's name and the row's address. */
export type Binding = Omit<Cipher, 'iv' | 'data'>;

/** Encrypts bytes so that they can be decrypted only in the database of this name and at `address`. */
export async function encrypt(
  key: CryptoKey,
  name: string,
  binding: Binding,
  address: unknown,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Cipher> {
  const iv = randomBytes(IV_LENGTH);
  const algorithm = { name: ALGORITHM, iv, additionalData: bound(name, binding, address) };
  return { ...binding, iv, data: await answerOf(subtleCrypto().encrypt(algorithm, key, bytes), 'WebCrypto') };
}

/** Decrypts; `undefined` if the cipher was made with another key, for another address or database, or was changed. */
export async function decrypt(
  key: CryptoKey,
  name: string,
  address: unknown,
  cipher: Cipher,
): Promise<ArrayBuffer | undefined> {
  const { iv, data } = cipher;
  const subtle = subtleCrypto();
  const decrypting = (async () => {
    const algorithm = { name: ALGORITHM, iv, additionalData: bound(name, cipher, address) };
    // Node refuses a buffer of another realm, but accepts a new view on it.
    return subtle.decrypt(algorithm, key, new Uint8Array(data));
  })().catch(() => undefined);
  return answerOf(decrypting, 'WebCrypto');
}

/** Whether a stored value has the shape of a cipher. */
export function isCipher(value: unknown): value is Cipher {
  const { database, turn, mixed, key, iv, data } = (value ?? {}) as Partial<Record<keyof Cipher, unknown>>;
  return (
    typeof database === 'string' &&
    Number.isSafeInteger(turn) &&
    typeof mixed === 'boolean' &&
    typeof key === 'string' &&
    kindOf(iv) === 'Uint8Array' &&
    kindOf(data) === 'ArrayBuffer'
  );
}

const bound = (name: string, { database, turn, mixed, key }: Binding, address: unknown) =>
  new TextEncoder().encode(jsonOf([name, database, turn, mixed, key, address]));
