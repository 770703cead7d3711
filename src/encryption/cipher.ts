import { answerOf } from '../database/answer.js';
import type { Cipher } from '../database/schema.js';
import { kindOf } from '../platform/kind.js';
import { randomBytes, subtleCrypto } from '../platform/crypto.js';
import { jsonOf } from '../platform/json.js';

const ALGORITHM = 'AES-GCM';

/** The length that GCM is made for, in bytes. Random, so one key is good for some 2³² rows. */
const IV_LENGTH = 12;

/** What bytes are bound to, beside the database's name and their place in it. */
export type Binding = Omit<Cipher, 'iv' | 'data'>;

/** `place` is what the bytes belong to in the database of this name: they open there and nowhere else. */
export async function seal(
  key: CryptoKey,
  name: string,
  binding: Binding,
  place: unknown,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Cipher> {
  const iv = randomBytes(IV_LENGTH);
  const algorithm = { name: ALGORITHM, iv, additionalData: bound(name, binding, place) };
  return { ...binding, iv, data: await answerOf(subtleCrypto().encrypt(algorithm, key, bytes), 'WebCrypto') };
}

/** `undefined` if it was sealed with another key, belongs to another place or database, or was changed. */
export async function unseal(
  key: CryptoKey,
  name: string,
  place: unknown,
  cipher: Cipher,
): Promise<ArrayBuffer | undefined> {
  const { iv, data } = cipher;
  const subtle = subtleCrypto();
  const decrypting = (async () => {
    const algorithm = { name: ALGORITHM, iv, additionalData: bound(name, cipher, place) };
    // Node takes no buffer of another realm, but a view of its own on one.
    return subtle.decrypt(algorithm, key, new Uint8Array(data));
  })().catch(() => undefined);
  return answerOf(decrypting, 'WebCrypto');
}

/** Whether this looks like something that `seal` made; what is in a database may be anything. */
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

const bound = (name: string, { database, turn, mixed, key }: Binding, place: unknown) =>
  new TextEncoder().encode(jsonOf([name, database, turn, mixed, key, place]));
