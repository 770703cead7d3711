import { nanoid } from 'nanoid';
import type { Connection } from '../database/connection.js';
import { putClock } from '../database/transaction.js';
import type { WriteTransaction } from '../database/schema.js';
import { encrypt, type Plaintext } from './cipher.js';
import { isClock, isLocked, type Keyring } from './keyring.js';
import type { DecryptedCache } from './decrypted-cache.js';
import {
  cipherFingerprint,
  rawStore,
  type RowAddress,
  type StoredRowAddress,
  type Write,
} from './encrypted-row.js';
import type { RecordingTransaction } from './recording-transaction.js';

/** What changes with every write, which shows whether somebody has written in between. */
const stampOf = (stored: unknown) => (isLocked(stored) ? stored.stamp : isClock(stored) ? stored : undefined);

/**
 * Encrypts the recorded writes and commits them in a transaction of their own. Resolves to `false`, with nothing
 * written, if somebody has written since `stored` was read.
 */
export async function commitWrites(
  connection: Connection,
  { writes, keyring, settled = keyring, clock: reading, syncs }: RecordingTransaction,
  stored: unknown,
  remembered: DecryptedCache,
): Promise<boolean> {
  const encrypted = await Promise.all(writes.map((write) => prepared(write, settled)));
  const clock = syncs ? -reading : reading;
  const next = settled ? { clock, stamp: nanoid(), ...settled.list } : clock;
  const isDone = await connection.write(async (transaction) => {
    const meta = transaction.objectStore('meta');
    // After a failover the connection leads to another database.
    if (keyring.name !== connection.name || stampOf(await meta.get('clock')) !== stampOf(stored))
      return false;
    // The transaction's own error reports the failure.
    for (const { send } of encrypted) send(transaction).catch(() => {});
    putClock(transaction, next);
    return true;
  });
  if (isDone) for (const { done } of encrypted) done?.(remembered);
  return isDone;
}

interface Prepared {
  send(transaction: WriteTransaction): Promise<unknown>;
  done?(remembered: DecryptedCache): void;
}

async function prepared(write: Write, keyring: Keyring | null): Promise<Prepared> {
  if (write.kind === 'delete raw') {
    return { send: (transaction) => rawStore(transaction, write.store).delete(write.key) };
  }
  if (write.kind === 'kept') {
    const { kept, key, address, plaintext } = write;
    // No index finds it there, and nobody would renew what the index had.
    const { where: _, ...columns } = address[0] === 'quarantine' ? {} : (kept.row as { where?: unknown });
    const { row } = await encryptedRow(plaintext.with(), address, columns, keyring);
    return { send: (transaction) => rawStore(transaction, 'quarantine').put({ ...kept, row }, key) };
  }
  const storeIn = (transaction: WriteTransaction) => rawStore(transaction, write.store);
  if (write.kind === 'raw') return { send: (transaction) => storeIn(transaction).put(write.row, write.key) };
  if (write.kind === 'clear') return { send: (transaction) => storeIn(transaction).clear() };
  if (write.kind === 'delete') return { send: (transaction) => storeIn(transaction).delete(write.range) };
  const { how, store, key } = write;
  const where = write.where && (await keyring?.labels?.hashed(write.where));
  const columns = where ? { ...write.columns, where } : write.columns;
  const plaintext = where ? write.plaintext.with(where) : write.plaintext;
  // Rows of logs have keys outside of the row.
  const outside = store === 'logs' ? key : undefined;
  const { row, done } = await encryptedRow(plaintext, [store, key], columns, keyring);
  return { send: (transaction) => storeIn(transaction)[how](row, outside), ...(done && { done }) };
}

/** The row as it is stored: its cipher and columns. */
async function encryptedRow(
  plaintext: Plaintext,
  address: RowAddress | StoredRowAddress,
  columns: object,
  keyring: Keyring | null,
): Promise<{ row: unknown; done?: (remembered: DecryptedCache) => void }> {
  const key = keyring?.current.key;
  if (!keyring || !key) return { row: plaintext.toRow() };
  const cipher = await encrypt(key, keyring.name, keyring.binding, address, await plaintext.toBytes());
  return {
    row: { ...columns, cipher },
    done: (remembered) => remembered.add(cipherFingerprint(address, cipher), plaintext),
  };
}
