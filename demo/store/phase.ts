import { PHASES, type EncryptionRecord, type Phase } from './encryption-record.js';

const NONCE_BYTES = 12;

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

/** The phase that a record was kept in; `undefined` if it belongs to another key. */
export async function phaseOf({ check }: EncryptionRecord, key: CryptoKey): Promise<Phase | undefined> {
  const bytes = fromBase64(check);
  for (const phase of PHASES) {
    try {
      const iv = bytes.slice(0, NONCE_BYTES);
      await crypto.subtle.decrypt(algorithm(iv, phase), key, bytes.slice(NONCE_BYTES));
      return phase;
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

export const toBase64 = (bytes: Uint8Array) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new Error('What the passphrase needs to make their key again was changed.', { cause });
  }
}
