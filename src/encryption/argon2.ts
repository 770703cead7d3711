import { argon2idAsync } from '@noble/hashes/argon2.js';
import { SessionStoreError } from '../errors.js';

/** Argon2id (RFC 9106, version 1.3) with one lane: 32 bytes. Yields to the page every few ms. */
export async function argon2id(
  passphrase: Uint8Array,
  salt: Uint8Array,
  memoryKiB: number,
  passes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const hash = await argon2idAsync(passphrase, salt, { m: memoryKiB, t: passes, p: 1, dkLen: 32 });
    return hash;
  } catch (cause) {
    throw new SessionStoreError(
      'UNAVAILABLE',
      `there is not enough memory for the ${memoryKiB} KiB that Argon2id needs. Close other pages, or choose less memory and more passes`,
      'options.memoryKiB',
      cause,
    );
  }
}
