import { deriveKey } from 'offshoot/encryption';
import type { EncryptionRecord, Phase } from './encryption-record.js';
import { fromBase64, inPhase, phaseOf, toBase64 } from './phase.js';

const SALT_BYTES = 16;

/** A new key, and what has to be kept to make it again. */
export async function newKey(
  passphrase: string,
  phase: Phase,
): Promise<{ key: CryptoKey; record: EncryptionRecord }> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await deriveKey(passphrase, { salt });
  return { key, record: await inPhase({ salt: toBase64(salt) }, key, phase) };
}

/** The key that was made of this passphrase, and the phase it was kept in; `undefined` if it is another one. */
export async function keyAgain(
  passphrase: string,
  record: EncryptionRecord,
): Promise<{ key: CryptoKey; phase: Phase } | undefined> {
  const key = await deriveKey(passphrase, { salt: fromBase64(record.salt) });
  const phase = await phaseOf(record, key);
  return phase && { key, phase };
}
