import type { Connection } from '../database/connection.js';
import { holdsSealedRows } from '../database/rows.js';
import type { LockedClock, ReadTransaction, WriteTransaction } from '../database/schema.js';
import { SessionStoreError } from '../errors.js';
import { findDamagedLogs } from './verify-logs.js';
import { identityOf, isClock, isLocked, type Key } from './key-list.js';
import { Keyring, refusal, unlock, type Missing } from './keyring.js';
import { DecryptedCache, Opening } from './decrypted-cache.js';
import { commitWrites } from './commit-writes.js';
import { Plaintext } from './plaintext.js';
import { Rotation } from './rotation.js';
import type { RowKey } from './encrypted-row.js';
import { RecordingTransaction } from './recording-transaction.js';
import { knowsAll, rebuilt, survey, WITNESSES, type Findings } from './survey.js';
import { withWriteLock } from './write-lock.js';

/** How often an operation is begun anew because others wrote meanwhile, or more had to be decrypted. */
const MOST_ATTEMPTS = 100;

/** What became of going through an operation once. */
type Outcome<T> =
  | { kind: 'done'; value: T }
  /** The database lists other keys than those that are known. */
  | { kind: 'unknown keys'; stored: unknown }
  /** It was, and is not any more. */
  | { kind: 'decrypted' }
  /** Something has to be decrypted first. */
  | { kind: 'locked'; stage: RecordingTransaction; stored: unknown }
  /** Nothing of it is written yet. */
  | { kind: 'rehearsed'; stage: RecordingTransaction; stored: unknown; result?: { value: T } };

/**
 * A database in which rows are encrypted; to those who use it, it looks as if they were not.
 *
 * A transaction cannot wait for WebCrypto. So whatever is to be done is gone through in a transaction that writes
 * nothing, again until all that it reads has been decrypted; what it would write is then encrypted, and written in a
 * transaction of its own, unless somebody wrote in between: then it begins anew.
 */
export class EncryptedDatabase {
  readonly rotation: Rotation;
  readonly #remembered = new DecryptedCache();
  #keyring: Keyring | undefined;
  /** What `meta` says when the keyring is the right one. */
  #fits: ((stored: unknown) => boolean) | undefined;
  /** Who was refused need not be looked at again as long as nothing was written. */
  #refused: { name: string; by: unknown; error: unknown } | undefined;

  constructor(
    readonly connection: Connection,
    /** The first is written with. */
    readonly keys: readonly Key[],
  ) {
    this.rotation = new Rotation(this);
  }

  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#attempt((opening) =>
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
          opening,
          clockOf(stored, keyring),
        );
        return play(stage, stored, () => work(stage.transaction));
      }, limitMs),
    );
  }

  /** `stage` is there unless the database is not encrypted, and is not going to be. */
  write<T>(
    work: (transaction: WriteTransaction, stage?: RecordingTransaction) => Promise<T>,
    limitMs?: number,
  ): Promise<T> {
    return withWriteLock(`offshoot:${this.connection.name}:write`, () =>
      this.#attempt((opening) => {
        const isEncrypted = this.#keyring?.name === this.connection.name;
        const rehearse = (transaction: ReadTransaction) =>
          this.#rehearse(transaction as WriteTransaction, opening, work, isEncrypted);
        // Only where it turns out that nothing is encrypted, something is written in the rehearsal itself.
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
   * Opens all logs, so that a check, which goes by their keys alone, knows which of them are damaged. Before a repair
   * all rows are asked for their keys, and the list is made anew if it is not theirs. Errors: `PERMISSION_DENIED` if
   * a row needs a key that was not given.
   */
  async prepareCheck(repair: boolean, signal?: AbortSignal): Promise<void> {
    let keyring = await this.write(async (_, stage) => stage?.keyring);
    if (!keyring) return;
    if (repair) {
      const { name, list, keys } = keyring;
      const { all } = await survey(this.connection, name, this.keys, undefined, signal);
      // By a list that is proved, what names another key is of a later list; anything else is left over, or forged.
      const later = [...(all.get(list.database)?.unknown ?? [])].find(
        ([id, { turn }]) => !keys.has(id) && turn > list.turn,
      );
      if (later) throw refusal(undefined, true, later[1].place);
      keyring = (await this.begin())!;
    }
    this.#remembered.setDamaged(await findDamagedLogs(this.connection, keyring, signal));
  }

  async settle(walked: Keyring): Promise<boolean> {
    const settled = await walked.settled();
    return this.write(async (_, stage) => {
      // Somebody else has taken the last key off.
      if (!stage) return true;
      // Under another list somebody may have written with another key, behind whoever walked.
      if (!stage.keyring.isStored || !stage.keyring.isSame(walked)) return false;
      stage.settled = settled;
      stage.isListed = true;
      // Rows that know of the new list, so that the old one is not believed again.
      if (settled) await Promise.all(WITNESSES.map((store) => resealFirst(stage, store)));
      return true;
    });
  }

  async #attempt<T>(run: (opening: Opening) => Promise<Outcome<T>>): Promise<T> {
    const opening = new Opening(this.#remembered);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const outcome = await run(opening);
      if (outcome.kind === 'done') return outcome.value;
      if (outcome.kind === 'decrypted') this.#take(undefined);
      else if (outcome.kind === 'unknown keys') await this.#unlock(outcome.stored);
      else if (outcome.kind === 'locked') {
        const isExplained = await opening.open(outcome.stage);
        if (!isExplained) await this.#unlock(outcome.stored, outcome.stage.keyring);
      } else if (await commitWrites(this.connection, outcome.stage, outcome.stored, this.#remembered)) {
        const { settled, keyring } = outcome.stage;
        this.#take(settled === undefined ? keyring : (settled ?? undefined));
        if (outcome.result) return outcome.result.value;
      }
    }
    throw new SessionStoreError('ABORTED', 'others kept writing meanwhile; nothing was written. Try again');
  }

  async #rehearse<T>(
    transaction: WriteTransaction,
    opening: Opening,
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
    const stage = new RecordingTransaction(transaction, keyring, opening, clockOf(stored, keyring));
    // From here on, those who do not know of the encryption write nothing more; only then is what they wrote looked at.
    if (isClock(stored)) return { kind: 'rehearsed', stage, stored };
    const outcome = await play(stage, stored, async () => {
      const result = await work(stage.transaction, stage);
      if (!stage.isUnchanged && stage.settled === undefined) await sealFirst(stage);
      return result;
    });
    if (outcome.kind !== 'done' || stage.isUnchanged) return outcome;
    return { kind: 'rehearsed', stage, stored, result: outcome };
  }

  /** Not encrypted, and not going to be. Rows tell, whatever `meta` says. */
  async #isPlain(transaction: ReadTransaction, stored: unknown): Promise<boolean> {
    return this.keys[0] === null && !isLocked(stored) && !(await holdsSealedRows(transaction));
  }

  #keyringFor(stored: unknown): Keyring | undefined {
    return this.#keyring?.name === this.connection.name && this.#fits?.(stored) ? this.#keyring : undefined;
  }

  /** Finds out which keys the database needs; from its rows, if they contradict its list, or there is none. */
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
        // It is as of this, and nothing that somebody has written since.
        this.#keyring = keyring;
        this.#fits = isLocked(stored)
          ? (other) => isLocked(other) && other.stamp === stored.stamp
          : (other) => !isLocked(other) && isClock(other) === isClock(stored);
        if (keyring.isRotating) this.rotation.schedule();
      }
    } catch (error) {
      // A list that is known to be right is not looked at again, even if others write.
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
      // It makes a difference whether rows know of a later list, by which all is encrypted.
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

/** Whoever has no key, and finds no list of keys, goes by the first row; so it is not plain where others are not. */
async function sealFirst(stage: RecordingTransaction): Promise<void> {
  if (!stage.keyring.takesUnencrypted || !stage.keyring.current.key) return;
  const [first] = await stage.stored('snapshots').getAll(undefined, 1);
  if (!first || 'cipher' in first) return;
  try {
    Plaintext.of(first);
  } catch {
    // It has something that cannot be encrypted; only who encrypts all of it needs to be told.
    return;
  }
  await stage.reseal('snapshots', first.id);
}

async function resealFirst(stage: RecordingTransaction, store: (typeof WITNESSES)[number]): Promise<void> {
  const keys: RowKey[] = await stage.stored(store).getAllKeys(undefined, 4);
  await Promise.all(keys.map((key) => stage.reseal(store, key)));
}

/** Goes through an operation once. */
async function play<T>(
  stage: RecordingTransaction,
  stored: unknown,
  work: () => Promise<T>,
): Promise<Outcome<T>> {
  const [result] = await Promise.allSettled([work()]);
  await stage.settle();
  if (stage.locked.size > 0) return { kind: 'locked', stage, stored };
  if (stage.failure) throw stage.failure;
  if (result.status === 'rejected') throw result.reason;
  return { kind: 'done', value: result.value };
}

const clockOf = (stored: unknown, { leastClock }: Keyring): number => {
  const clock = isLocked(stored) ? stored.clock : stored;
  return Math.max(isClock(clock) ? clock : 0, leastClock);
};
