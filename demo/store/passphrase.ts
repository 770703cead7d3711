import { deriveKey } from 'offshoot/encryption';
import type { EncryptionRecord } from './encryption-record.js';

type Kept = Pick<EncryptionRecord, 'salt' | 'check'>;

const SALT_BYTES = 16;
const NONCE_BYTES = 12;

/** A new key, and what has to be kept to make it again. */
export async function newKey(passphrase: string): Promise<{ key: CryptoKey; kept: Kept }> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await deriveKey(passphrase, { salt });
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array());
  const check = new Uint8Array([...iv, ...new Uint8Array(sealed)]);
  return { key, kept: { salt: toBase64(salt), check: toBase64(check) } };
}

/** The key that was made of this passphrase; `undefined` if it is another one. */
export async function keyAgain(passphrase: string, kept: Kept): Promise<CryptoKey | undefined> {
  const key = await deriveKey(passphrase, { salt: fromBase64(kept.salt) });
  const check = fromBase64(kept.check);
  const iv = check.slice(0, NONCE_BYTES);
  try {
    await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, check.slice(NONCE_BYTES));
    return key;
  } catch {
    return undefined;
  }
}

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
