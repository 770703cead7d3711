import type { Connection } from '../database/connection.js';
import { unsealWith, type Keyring } from './keyring.js';
import { Plaintext } from './plaintext.js';
import { belongs, cipherFingerprint, isSealed, type RowAddress } from './encrypted-row.js';
import { rowBatchesOf } from './row-batches.js';

/**
 * Decrypts every row of every log, a few at a time, and resolves to the fingerprints of those that no given key opens.
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
    for (const { places, row } of slice) {
      if (!isSealed(row)) continue;
      const place = places[0] as RowAddress;
      const opened = await unsealWith(keyring.given, keyring.name, place, row.cipher);
      const isWhole = opened && belongs(place, row, Plaintext.fromBytes(opened.bytes).toRow());
      if (!isWhole) damaged.push(cipherFingerprint(place, row.cipher));
    }
  }
  return damaged;
}
