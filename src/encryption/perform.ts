import type { Connection } from '../database/connection.js';
import type { LockedClock, WriteTransaction } from '../database/schema.js';
import { seal } from './cipher.js';
import type { Keyring } from './keyring.js';
import type { OpenedRows } from './opened.js';
import { fingerprint, type Place } from './sealed-rows.js';
import { rawStore, type Stage, type Write } from './stage.js';

/** What `meta` has under `clock`; a number if the database is not encrypted. */
export type StoredClock = number | LockedClock | undefined;

/** What is new with every write, so that nobody writes on the strength of what is not so any more. */
const stampOf = (stored: StoredClock) => (typeof stored === 'object' ? stored.stamp : stored);

/**
 * Encrypts what was written on a stage, and writes it in a transaction of its own. Resolves to `false`, with nothing
 * written, if somebody has written since the clock was `stored`.
 */
export async function perform(
  connection: Connection,
  { writes, keyring, clock }: Stage,
  stored: StoredClock,
  remembered: OpenedRows,
): Promise<boolean> {
  const sealed = await Promise.all(writes.map((write) => prepared(write, keyring)));
  const next: LockedClock = { clock, stamp: crypto.randomUUID(), keys: [...keyring.stored] };
  const isDone = await connection.write(async (transaction) => {
    const meta = transaction.objectStore('meta');
    if (stampOf(await meta.get('clock')) !== stampOf(stored)) return false;
    // The transaction's own error says what went wrong.
    for (const { send } of sealed) send(transaction).catch(() => {});
    await meta.put(next, 'clock');
    return true;
  });
  if (isDone) for (const { done } of sealed) done?.(remembered);
  return isDone;
}

interface Prepared {
  send(transaction: WriteTransaction): Promise<unknown>;
  done?(remembered: OpenedRows): void;
}

async function prepared(write: Write, { current }: Keyring): Promise<Prepared> {
  if (write.kind === 'delete meta') {
    return { send: (transaction) => rawStore(transaction, 'meta').delete(write.key) };
  }
  const storeIn = (transaction: WriteTransaction) => rawStore(transaction, write.store);
  if (write.kind === 'raw') return { send: (transaction) => storeIn(transaction).put(write.row, write.key) };
  if (write.kind === 'clear') return { send: (transaction) => storeIn(transaction).clear() };
  if (write.kind === 'delete') return { send: (transaction) => storeIn(transaction).delete(write.range) };
  const { how, store, key, columns, plaintext } = write;
  // Rows of logs do not have their keys inside.
  const outside = store === 'logs' ? key : undefined;
  if (!current.key) {
    const row: unknown = plaintext.toRow();
    return { send: (transaction) => storeIn(transaction)[how](row, outside) };
  }
  const place: Place = [store, key];
  const cipher = await seal(current.key, current.id, place, await plaintext.toBytes());
  return {
    send: (transaction) => storeIn(transaction)[how]({ ...columns, cipher }, outside),
    done: (remembered) => remembered.add(fingerprint(place, cipher), plaintext),
  };
}
