import type { Connection } from '../database/connection.js';
import { decryptWith, type Keyring } from './keyring.js';
import { Plaintext } from './cipher.js';
import { belongs, cipherFingerprint, hasCipher, type RowAddress } from './encrypted-row.js';
import { rowBatchesOf } from './row-batches.js';

/**
 * Decrypts every row of every log, a few at a time, and resolves to the fingerprints of those that no given key decrypts.
 * All given keys are tried, since the list of keys may change meanwhile.
 */
export async function findDamagedLogs(
  connection: Connection,
  keyring: Keyring,
  signal?: AbortSignal,
): Promise<string[]> {
  const damaged: string[] = [];
  for await (const slice of rowBatchesOf(connection, ['logs'])) {
    signal?.throwIfAborted();
    for (const { addresses, row } of slice) {
      if (!hasCipher(row)) continue;
      const address = addresses[0] as RowAddress;
      const decrypted = await decryptWith(keyring.given, keyring.name, address, row.cipher);
      const isWhole = decrypted && belongs(address, row, Plaintext.fromBytes(decrypted.bytes).toRow());
      if (!isWhole) damaged.push(cipherFingerprint(address, row.cipher));
    }
  }
  return damaged;
}
