import { subtleCrypto } from '../platform/browser.js';
import { isBuffer, isBytes } from '../platform/kind.js';
import { load } from '../runtime/load.js';
import { requireValid, taken } from '../values/arguments.js';
import { described, satisfying } from '../values/schema.js';
import { workOf, workShape, type WorkFactor } from './work-factor.js';

/** The salt's length in bytes that NIST SP 800-132 asks for. */
const SALT_LENGTH = 16;

const USAGES: KeyUsage[] = ['encrypt', 'decrypt'];

export interface DeriveKeyOptions extends WorkFactor {
  /**
   * At least 16 random bytes, made once (`crypto.getRandomValues(new Uint8Array(16))`) and kept beside the database, in
   * `localStorage` for example. It need not be secret, but without it the passphrase cannot derive the key.
   */
  salt: Uint8Array<ArrayBuffer> | ArrayBuffer;
}

/** Errors do not repeat a passphrase. */
const secret = satisfying(
  (passphrase) => typeof passphrase === 'string' && passphrase.trim() !== '',
  'a string that is not blank',
  (passphrase) => typeof passphrase,
);

const isBytesOrBuffer = (salt: unknown): salt is Uint8Array | ArrayBuffer =>
  (isBytes(salt) && ArrayBuffer.isView(salt)) || isBuffer(salt);

const deriveKeyShape = {
  salt: satisfying(
    (salt) => isBytesOrBuffer(salt) && salt.byteLength >= SALT_LENGTH,
    `a Uint8Array or ArrayBuffer of at least ${SALT_LENGTH} bytes, from crypto.getRandomValues and kept`,
    (salt) => (isBytesOrBuffer(salt) ? `${salt.byteLength} bytes` : described(salt)),
  ),
  ...workShape,
};

/**
 * Derives a key for `encryption.key` from a passphrase, the same for the same passphrase and options: AES-GCM, 256
 * bits, not extractable. PBKDF2 with HMAC-SHA-256, or Argon2id with one lane. The passphrase is normalized (NFKC), so
 * that it can be typed on any keyboard. Errors: `INVALID_ARGUMENT`; `UNAVAILABLE` in an insecure page, and if Argon2id
 * cannot be loaded or gets no memory.
 */
export async function deriveKey(passphrase: string, options: DeriveKeyOptions): Promise<CryptoKey> {
  requireValid(secret, passphrase, 'passphrase');
  const { salt: given, ...factor } = taken(deriveKeyShape, options);
  const work = workOf(factor);
  const salt = new Uint8Array(given).slice();
  const subtle = subtleCrypto();
  const bytes = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const aes = { name: 'AES-GCM', length: 256 };
  if ('iterations' in work) {
    const base = await subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveKey']);
    const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt, ...work };
    return subtle.deriveKey(pbkdf2, base, aes, false, USAGES);
  }
  const { argon2id } = await load('argon2id', () => import('./argon2.js'));
  const hash = await argon2id(bytes, salt, work.memoryKiB, work.passes);
  const key = await subtle.importKey('raw', hash, aes, false, USAGES);
  hash.fill(0);
  return key;
}
