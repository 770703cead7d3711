// Whether a database is encrypted, and with this key. Loaded on demand.
import type { Connection } from '../database/connection.js';
import { holdsEncryptedRows } from '../database/rows.js';
import { requestAll } from '../database/transaction.js';
import type { KeyProbe } from '../types/health.js';
import { hasCipher, rawStore, type RowAddress } from './encrypted-row.js';
import { decryptWith, isLocked, type Key, unlock } from './keyring.js';

/**
 * Tries the keys on what proves them, a few bytes in the list of keys. Where that is lost, on the first snapshot and the
 * last session.
 */
export async function probe(connection: Connection, keys: readonly Key[]): Promise<KeyProbe> {
  const { name } = connection;
  const [stored, isEncrypted, snapshot, session] = await connection.read((transaction) =>
    requestAll(
      (): Promise<unknown> => transaction.objectStore('meta').get('clock'),
      () => holdsEncryptedRows(transaction),
      async (): Promise<unknown> => (await rawStore(transaction, 'snapshots').getAll(undefined, 1))[0],
      async (): Promise<unknown> => (await rawStore(transaction, 'sessions').openCursor('prev'))?.value,
    ),
  );
  if (isLocked(stored)) {
    const found = await unlock(name, stored, keys);
    if (!('key' in found)) return 'opens';
    return found.isCertain ? 'further-key' : 'other-key';
  }
  if (!isEncrypted) return stored === undefined && snapshot === undefined ? 'empty' : 'plain';
  for (const [store, row] of [
    ['snapshots', snapshot],
    ['sessions', session],
  ] as const) {
    const address: RowAddress = [store, String((row as { id?: unknown } | undefined)?.id)];
    if (hasCipher(row) && (await decryptWith(keys, name, address, row.cipher))) return 'opens';
  }
  return 'other-key';
}
