import { subtleCrypto } from '../platform/crypto.js';
import { kindOf } from '../platform/kind.js';
import { requireValid } from '../validation/argument.js';
import { taken } from '../validation/options.js';
import { optional, satisfying } from '../validation/schema.js';

/** What OWASP recommends for PBKDF2 with HMAC-SHA-256: some tenths of a second on a desktop computer. */
const ITERATIONS = 600_000;

/** NIST SP 800-132 asks for this many bytes of salt. */
const SALT_LENGTH = 16;

export interface DeriveKeyOptions {
  /**
   * At least 16 random bytes, made once (`crypto.getRandomValues(new Uint8Array(16))`) and kept beside the database,
   * in `localStorage` for example. No secret; but without it the passphrase is worth nothing.
   */
  salt: Uint8Array<ArrayBuffer> | ArrayBuffer;
  /** How much work a guess takes. Another number makes another key. Default 600,000, and no less. */
  iterations?: number | undefined;
}

/** A secret is not repeated. */
const secret = satisfying(
  (passphrase) => typeof passphrase === 'string' && passphrase.trim() !== '',
  'a string that is not blank',
  (passphrase) => typeof passphrase,
);

const deriveKeyShape = {
  salt: satisfying(
    (salt) =>
      (kindOf(salt) === 'ArrayBuffer' || kindOf(salt) === 'Uint8Array') && salt.byteLength >= SALT_LENGTH,
    `at least ${SALT_LENGTH} bytes`,
  ),
  iterations: optional(
    satisfying(
      (count) => Number.isInteger(count) && count >= ITERATIONS && count < 2 ** 32,
      `a whole number from ${ITERATIONS}`,
    ),
  ),
};

/**
 * Makes a key for `encryption.key` of a passphrase, the same for the same passphrase, salt and iterations: AES-GCM,
 * 256 bits, not extractable. PBKDF2 with HMAC-SHA-256. A passphrase is normalized (NFKC), so that it may be typed on
 * any keyboard. Errors: `INVALID_ARGUMENT`; `UNAVAILABLE` in a page that is not secure.
 */
export async function deriveKey(passphrase: string, options: DeriveKeyOptions): Promise<CryptoKey> {
  requireValid(secret, passphrase, 'passphrase');
  const { salt, iterations = ITERATIONS } = taken(deriveKeyShape, options);
  const subtle = subtleCrypto();
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const base = await subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return subtle.deriveKey(pbkdf2, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
