import { deriveKey } from 'offshoot/encryption';
import { PHASES, type EncryptionRecord, type Phase } from './encryption-record.js';

const SALT_BYTES = 16;
const NONCE_BYTES = 12;

/** A new key, and what has to be kept to make it again. */
export async function newKey(
  passphrase: string,
  phase: Phase,
): Promise<{ key: CryptoKey; record: EncryptionRecord }> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await deriveKey(passphrase, { salt });
  return { key, record: await inPhase({ salt: toBase64(salt) }, key, phase) };
}

/** What has to be kept once this phase has begun. */
export async function inPhase(
  { salt }: Pick<EncryptionRecord, 'salt'>,
  key: CryptoKey,
  phase: Phase,
): Promise<EncryptionRecord> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, phase), key, new Uint8Array());
  return { salt, check: toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)])) };
}

/** The key that was made of this passphrase, and the phase it was kept in; `undefined` if it is another one. */
export async function keyAgain(
  passphrase: string,
  record: EncryptionRecord,
): Promise<{ key: CryptoKey; phase: Phase } | undefined> {
  const salt = fromBase64(record.salt);
  const check = fromBase64(record.check);
  const key = await deriveKey(passphrase, { salt });
  for (const phase of PHASES) {
    try {
      const iv = check.slice(0, NONCE_BYTES);
      await crypto.subtle.decrypt(algorithm(iv, phase), key, check.slice(NONCE_BYTES));
      return { key, phase };
    } catch {
      // It was sealed in another phase, or with another key.
    }
  }
  return undefined;
}

const algorithm = (iv: Uint8Array<ArrayBuffer>, phase: Phase): AesGcmParams => ({
  name: 'AES-GCM',
  iv,
  additionalData: new TextEncoder().encode(phase),
});

const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new Error('What the passphrase needs to make their key again was changed.', { cause });
  }
}
