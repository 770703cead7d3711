import type { Cipher } from '../database/schema.js';

const ALGORITHM = 'AES-GCM';

/** The length that GCM is made for, in bytes. Random, so one key is good for some 2³² rows. */
const IV_LENGTH = 12;

/** `place` is what the bytes belong to: they open there and nowhere else. */
export async function seal(
  key: CryptoKey,
  keyId: string,
  place: unknown,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Cipher> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
  const data = await crypto.subtle.encrypt(
    { name: ALGORITHM, iv, additionalData: bound(keyId, place) },
    key,
    bytes,
  );
  return { key: keyId, iv, data };
}

/** `undefined` if it was sealed with another key, belongs to another place, or was changed. */
export async function unseal(
  key: CryptoKey,
  place: unknown,
  cipher: Cipher,
): Promise<ArrayBuffer | undefined> {
  const { key: keyId, iv, data } = cipher;
  try {
    return await crypto.subtle.decrypt(
      { name: ALGORITHM, iv, additionalData: bound(keyId, place) },
      key,
      data,
    );
  } catch {
    return undefined;
  }
}

/** Whether this looks like something that `seal` made; what is in a database may be anything. */
export function isCipher(value: unknown): value is Cipher {
  const { key, iv, data } = (value ?? {}) as Partial<Record<keyof Cipher, unknown>>;
  return typeof key === 'string' && iv instanceof Uint8Array && data instanceof ArrayBuffer;
}

const bound = (keyId: string, place: unknown) => new TextEncoder().encode(JSON.stringify([keyId, place]));
