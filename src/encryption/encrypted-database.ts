import type { Connection } from '../database/connection.js';
import { holdsEncryptedRows, isSyncing } from '../database/rows.js';
import type { LockedClock, ReadTransaction, WriteTransaction } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { findDamagedLogs } from './verify-logs.js';
import {
  identityOf,
  isClock,
  isLocked,
  type Key,
  Keyring,
  type Missing,
  refusal,
  unlock,
} from './keyring.js';
import { DecryptedCache, DecryptedRows } from './decrypted-cache.js';
import { commitWrites } from './commit-writes.js';
import { inTurn } from '../runtime/idle.js';
import { Rotation } from './rotation.js';
import { RecordingTransaction } from './recording-transaction.js';
import {
  encryptFirst,
  encryptWitnesses,
  type Findings,
  knowsAll,
  rebuilt,
  survey,
  WITNESSES,
} from './survey.js';

/** How often an operation is tried again because others wrote meanwhile, or more rows had to be decrypted. */
const MOST_ATTEMPTS = 100;

/** The outcome of one attempt. */
type Outcome<T> =
  | { kind: 'done'; value: T }
  /** The database's list of keys is not the known one. */
  | { kind: 'unknown keys'; stored: unknown }
  /** The database is not encrypted any more. */
  | { kind: 'decrypted' }
  /** Rows have to be decrypted first. */
  | { kind: 'locked'; stage: RecordingTransaction; stored: unknown }
  /** The writes are recorded, and not committed yet. */
  | { kind: 'rehearsed'; stage: RecordingTransaction; stored: unknown; result?: { value: T } };

/**
 * A database whose rows are encrypted, and look to its users as if they were not.
 *
 * A transaction cannot wait for WebCrypto. So an operation is rehearsed in a transaction that writes nothing, again
 * until all rows that it reads are decrypted. The recorded writes are then encrypted and committed in a second
 * transaction, unless somebody wrote in between: then the operation is rehearsed again.
 */
export class EncryptedDatabase {
  readonly rotation: Rotation;
  readonly #remembered = new DecryptedCache();
  #keyring: Keyring | undefined;
  /** Whether `meta` still shows what the keyring was made for. */
  #fits: ((stored: unknown) => boolean) | undefined;
  /** The last refusal, repeated without another look as long as nothing was written. */
  #refused: { name: string; by: unknown; error: unknown } | undefined;

  constructor(
    readonly connection: Connection,
    /** The first one encrypts new rows. */
    readonly keys: readonly Key[],
  ) {
    this.rotation = new Rotation(this);
  }

  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#attempt((decrypted) =>
      this.connection.read(async (transaction): Promise<Outcome<T>> => {
        const stored = await transaction.objectStore('meta').get('clock');
        const keyring = this.#keyringFor(stored);
        if (!keyring && (await this.#isPlain(transaction, stored))) {
          return { kind: 'done', value: await work(transaction) };
        }
        if (!keyring) return { kind: 'unknown keys', stored };
        const stage = new RecordingTransaction(
          transaction as WriteTransaction,
          keyring,
          decrypted,
          clockOf(stored, keyring),
          isSyncing(readingIn(stored)),
          stampOf(stored),
        );
        return play(stage, stored, () => work(stage.transaction));
      }, limitMs),
    );
  }

  /** `stage` is missing if the database is not encrypted and is not going to be. */
  write<T>(
    work: (transaction: WriteTransaction, stage?: RecordingTransaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    // So that rehearsals are not wasted. Without the lock it is as safe, because the stamp is checked.
    return inTurn(`offshoot:${this.connection.name}:write`, () =>
      this.#attempt((decrypted) => {
        const isEncrypted = this.#keyring?.name === this.connection.name;
        const rehearse = (transaction: ReadTransaction) =>
          this.#rehearse(transaction as WriteTransaction, decrypted, work, isEncrypted);
        // A database that turns out to be unencrypted is written during the rehearsal, so that has to be a write.
        return isEncrypted
          ? this.connection.read(rehearse, limitMs)
          : this.connection.write(rehearse, limitMs);
      }),
    );
  }

  begin(): Promise<Keyring | undefined> {
    return this.write(async (_, stage) => {
      if (stage && !stage.keyring.isStored) stage.isListed = true;
      return stage?.keyring;
    });
  }

  /**
   * Decrypts all logs to find damaged ones, since `check` looks only at their keys. Before a repair it surveys all
   * rows, and makes the list of keys again if it does not fit them. Errors: `PERMISSION_DENIED` if a row needs a key
   * that was not given.
   */
  async prepareCheck(repair: boolean, signal?: AbortSignal): Promise<void> {
    let keyring = await this.write(async (_, stage) => stage?.keyring);
    if (!keyring) return;
    if (repair) {
      const { name, list, keys } = keyring;
      const { all } = await survey(this.connection, name, this.keys, undefined, signal);
      // If the list is authentic, an unknown key of a later turn means a later list; other unknown keys are leftovers
      // or forged.
      const later = [...(all.get(list.database)?.unknown ?? [])].find(
        ([id, { turn }]) => !keys.has(id) && turn > list.turn,
      );
      if (later) throw refusal(undefined, true, later[1].address);
      keyring = (await this.begin())!;
    }
    this.#remembered.setDamaged(await findDamagedLogs(this.connection, keyring, signal));
  }

  async settle(walked: Keyring): Promise<boolean> {
    const settled = await walked.settled();
    return this.write(async (_, stage) => {
      // Another tab has already decrypted the database.
      if (!stage) return true;
      // Under another list, somebody may have written with another key after the walk had passed.
      if (!stage.keyring.isStored || !stage.keyring.isSame(walked)) return false;
      stage.settled = settled;
      stage.isListed = true;
      // Some rows name the new list from now on, so that the old one is not accepted again.
      if (settled) await encryptWitnesses(stage);
      return true;
    });
  }

  async #attempt<T>(run: (decrypted: DecryptedRows) => Promise<Outcome<T>>): Promise<T> {
    const decrypted = new DecryptedRows(this.#remembered);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const outcome = await run(decrypted);
      if (outcome.kind === 'done') return outcome.value;
      if (outcome.kind === 'decrypted') this.#take(undefined);
      else if (outcome.kind === 'unknown keys') await this.#unlock(outcome.stored);
      else if (outcome.kind === 'locked') {
        const { keyring, unhashed } = outcome.stage;
        await keyring.labels?.learn(unhashed);
        const isExplained = await decrypted.decrypt(outcome.stage);
        if (!isExplained) await this.#unlock(outcome.stored, keyring);
      } else if (await commitWrites(this.connection, outcome.stage, outcome.stored, this.#remembered)) {
        const { settled, keyring } = outcome.stage;
        const taken = settled === undefined ? keyring : (settled ?? undefined);
        this.#take(taken);
        const before = isLocked(outcome.stored) ? identityOf(outcome.stored) : undefined;
        if (before !== (taken && identityOf(taken.list))) this.connection.rekeyed();
        if (outcome.result) return outcome.result.value;
      }
    }
    throw new SessionStoreError('ABORTED', 'other tabs kept writing; nothing was written. Try again');
  }

  async #rehearse<T>(
    transaction: WriteTransaction,
    decrypted: DecryptedRows,
    work: (transaction: WriteTransaction, stage?: RecordingTransaction) => Promise<T>,
    isReadOnly: boolean,
  ): Promise<Outcome<T>> {
    const stored = await transaction.objectStore('meta').get('clock');
    const keyring = this.#keyringFor(stored);
    if (!keyring && (await this.#isPlain(transaction, stored))) {
      if (isReadOnly) return { kind: 'decrypted' };
      return { kind: 'done', value: await work(transaction) };
    }
    if (!keyring) return { kind: 'unknown keys', stored };
    const clock = clockOf(stored, keyring);
    const stage = new RecordingTransaction(
      transaction,
      keyring,
      decrypted,
      clock,
      isSyncing(readingIn(stored)),
      stampOf(stored),
    );
    // Committing the list first stops tabs without encryption from writing; what they wrote is read afterwards.
    if (isClock(stored)) return { kind: 'rehearsed', stage, stored };
    const outcome = await play(stage, stored, async () => {
      const result = await work(stage.transaction, stage);
      if (!stage.isUnchanged && stage.settled === undefined) await encryptFirst(stage);
      return result;
    });
    if (outcome.kind !== 'done' || stage.isUnchanged) return outcome;
    return { kind: 'rehearsed', stage, stored, result: outcome };
  }

  /** Whether the database is neither encrypted nor going to be. Rows decide, whatever `meta` says. */
  async #isPlain(transaction: ReadTransaction, stored: unknown): Promise<boolean> {
    return this.keys[0] === null && !isLocked(stored) && !(await holdsEncryptedRows(transaction));
  }

  #keyringFor(stored: unknown): Keyring | undefined {
    return this.#keyring?.name === this.connection.name && this.#fits?.(stored) ? this.#keyring : undefined;
  }

  /** Finds the keys that the database needs, from its rows if they contradict its list, or if there is none. */
  async #unlock(stored: unknown, contradicted?: Keyring): Promise<void> {
    const { name } = this.connection;
    const known = isLocked(stored) ? [identityOf(stored), stored.stamp] : [stored];
    const refused = this.#refused;
    if (refused?.name === name && known.includes(refused.by)) throw refused.error;
    const listed = isLocked(stored) ? await unlock(name, stored, this.keys) : undefined;
    try {
      const keyring = await this.#proven(name, stored, listed, contradicted !== undefined);
      if (keyring === listed) this.#take(keyring, stored);
      else {
        // The keyring is valid only for what was read, not for later writes.
        this.#keyring = keyring;
        this.#fits = isLocked(stored)
          ? (other) => isLocked(other) && other.stamp === stored.stamp
          : (other) => !isLocked(other) && isClock(other) === isClock(stored);
        if (keyring.isRotating) this.rotation.schedule();
      }
    } catch (error) {
      // A refusal by an authentic list stays valid, even if others write.
      const isCertain = listed && !(listed instanceof Keyring) && listed.isCertain;
      const isRefusal = error instanceof SessionStoreError && REFUSALS.includes(error.status);
      if (isRefusal) this.#refused = { name, by: known[isCertain ? 0 : known.length - 1], error };
      throw error;
    }
  }

  async #proven(
    name: string,
    stored: unknown,
    listed: Keyring | Missing | undefined,
    isContradicted: boolean,
  ): Promise<Keyring> {
    const { connection, keys } = this;
    if (listed instanceof Keyring) {
      // A list that allows unencrypted rows may be an old one; rows that name a later list show that.
      const isCurrent =
        !isContradicted &&
        (!listed.takesUnencrypted || isExplained(listed, await survey(connection, name, keys, WITNESSES)));
      return isCurrent ? listed : rebuilt(connection, name, stored, keys, listed);
    }
    if (listed?.isCertain) {
      const { witness } = await survey(connection, name, keys, WITNESSES);
      const { turn } = stored as LockedClock;
      const isOutdated = witness && (witness.turn > turn || witness.keys.has(listed.key.id));
      if (!isOutdated) throw refusal(listed.key, true);
    }
    return rebuilt(connection, name, stored, keys, undefined).catch((error: unknown) => {
      throw listed ? refusal(listed.key, listed.isCertain) : error;
    });
  }

  #take(keyring: Keyring | undefined, stored: unknown = keyring?.list): void {
    this.#keyring = keyring;
    this.#refused = undefined;
    if (!keyring) return void (this.#fits = undefined);
    if (stored === keyring.list) keyring.isStored = true;
    const identity = identityOf(stored as never);
    this.#fits = (other) => isLocked(other) && identityOf(other) === identity;
    if (keyring.isRotating) this.rotation.schedule();
  }
}

const REFUSALS: readonly string[] = ['PERMISSION_DENIED', 'FAILED_PRECONDITION'];

const isExplained = (keyring: Keyring, { witness }: Findings) => !witness || knowsAll(keyring, witness);

/** Rehearses an operation once. */
async function play<T>(
  stage: RecordingTransaction,
  stored: unknown,
  work: () => Promise<T>,
): Promise<Outcome<T>> {
  const [result] = await Promise.allSettled([work()]);
  await stage.settle();
  if (stage.locked.size + stage.unhashed.size > 0) return { kind: 'locked', stage, stored };
  if (stage.failure) throw stage.failure;
  if (result.status === 'rejected') throw result.reason;
  return { kind: 'done', value: result.value };
}

const stampOf = (stored: unknown) => (isLocked(stored) ? stored.stamp : undefined);

const readingIn = (stored: unknown) => (isLocked(stored) ? stored.clock : stored);

const clockOf = (stored: unknown, { leastClock }: Keyring): number => {
  const clock = readingIn(stored);
  return Math.max(isClock(clock) ? Math.abs(clock) : 0, leastClock);
};
