import type { Connection } from '../database/connection.js';
import type { Keyring } from './keyring.js';
import { openRow } from './opened.js';
import { belongs, fingerprint, isSealed, type Place } from './sealed-rows.js';
import { slicesOf } from './slices.js';

/** Opens every row of every log, a few at a time, and resolves to the fingerprints of those that do not open. */
export async function damagedLogs(connection: Connection, keyring: Keyring): Promise<string[]> {
  const damaged: string[] = [];
  for await (const slice of slicesOf(connection, ['logs'])) {
    for (const { places, row } of slice) {
      if (!isSealed(row)) continue;
      const place = places[0] as Place;
      const plaintext = await openRow(place, row.cipher, keyring);
      const isWhole = plaintext && belongs(place, row, plaintext.toRow());
      if (!isWhole) damaged.push(fingerprint(place, row.cipher));
    }
  }
  return damaged;
}
