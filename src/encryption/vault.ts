import type { Connection } from '../database/connection.js';
import type { ReadTransaction, StoredKey, WriteTransaction } from '../database/schema.js';
import { Refusal } from '../database/transaction.js';
import { SessionStoreError } from '../errors.js';
import { damagedLogs } from './damaged-logs.js';
import { KeyHolder, UNENCRYPTED, type Key, type Keyring } from './keyring.js';
import { OpenedRows, Opening } from './opened.js';
import { perform, type StoredClock } from './perform.js';
import { Rotation } from './rotation.js';
import { Stage } from './stage.js';
import { takeTurns } from './turns.js';

/** How often an operation is begun anew because others wrote meanwhile, or more had to be decrypted. */
const MOST_ATTEMPTS = 100;

/** What became of going through an operation once. */
type Outcome<T> =
  | { kind: 'done'; value: T }
  /** The database lists other keys than those that are known. */
  | { kind: 'unknown keys'; stored: StoredClock }
  /** Something has to be decrypted first. */
  | { kind: 'locked'; stage: Stage }
  /** Nothing of it is written yet. */
  | { kind: 'rehearsed'; stage: Stage; stored: StoredClock; result?: { value: T } };

/** Carries an outcome out of a transaction that is taken back. */
class TakenBack {
  constructor(readonly outcome: Outcome<any>) {}
}

/**
 * A database in which rows are encrypted; to those who use it, it looks as if they were not.
 *
 * A transaction cannot wait for WebCrypto. So whatever is to be done is gone through in a transaction that is taken
 * back, again until all that it reads has been decrypted; what it writes is then encrypted, and written in a
 * transaction of its own, unless somebody wrote in between: then it begins anew.
 */
export class Vault {
  readonly rotation: Rotation;
  readonly #holder: KeyHolder;
  readonly #remembered = new OpenedRows();
  #keyring: Keyring | undefined;
  /** The keys that the database listed when they were tried. */
  #tried: string | undefined;

  constructor(
    readonly connection: Connection,
    /** The first is written with. */
    readonly keys: readonly Key[],
  ) {
    this.#holder = new KeyHolder(keys);
    this.rotation = new Rotation(this);
  }

  read<T>(work: (transaction: ReadTransaction) => Promise<T>, limitMs?: number): Promise<T> {
    return this.#attempt((opening) =>
      this.connection.read(async (transaction): Promise<Outcome<T>> => {
        const stored = await transaction.objectStore('meta').get('clock');
        if (this.#isPlain(stored)) return { kind: 'done', value: await work(transaction) };
        const keyring = this.#keyringFor(stored);
        if (!keyring) return { kind: 'unknown keys', stored };
        const stage = new Stage(transaction as WriteTransaction, keyring, opening, clockOf(stored));
        return play(stage, () => work(stage.transaction));
      }, limitMs),
    );
  }

  /** `stage` is there unless the database is not encrypted, and is not going to be. */
  write<T>(work: (transaction: WriteTransaction, stage?: Stage) => Promise<T>, limitMs?: number): Promise<T> {
    const rehearse = (opening: Opening) => async (transaction: WriteTransaction) => {
      const outcome = await this.#rehearse(transaction, opening, work);
      if (outcome.kind === 'locked' || outcome.kind === 'rehearsed')
        throw new Refusal(new TakenBack(outcome));
      return outcome;
    };
    return takeTurns(`offshoot:${this.connection.name}:write`, () =>
      this.#attempt((opening) =>
        this.connection.write(rehearse(opening), limitMs).catch((reason: unknown) => {
          if (reason instanceof TakenBack) return reason.outcome;
          throw reason;
        }),
      ),
    );
  }

  /** The keys of the database; `undefined` if it is not encrypted, and is not going to be. */
  keyring(): Promise<Keyring | undefined> {
    return this.write(async (_, stage) => stage?.keyring);
  }

  /** Opens all logs, so that a check, which goes by their keys alone, knows which of them are damaged. */
  async tryLogs(): Promise<void> {
    const keyring = await this.keyring();
    if (!keyring) return;
    for (const print of await damagedLogs(this.connection, keyring)) this.#remembered.addDamaged(print);
  }

  /** Nothing is left that needs another key than the first of these. */
  async settle({ stored, current }: Keyring): Promise<void> {
    await this.connection.write(async (transaction) => {
      const meta = transaction.objectStore('meta');
      const clock = await meta.get('clock');
      if (typeof clock !== 'object' || idsOf(clock.keys) !== idsOf(stored)) return;
      const settled = { ...clock, stamp: crypto.randomUUID(), keys: stored.slice(0, 1) };
      await meta.put(current.key ? settled : clock.clock, 'clock');
    });
  }

  async #attempt<T>(run: (opening: Opening) => Promise<Outcome<T>>): Promise<T> {
    const opening = new Opening(this.#remembered);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const outcome = await run(opening);
      if (outcome.kind === 'done') return outcome.value;
      if (outcome.kind === 'unknown keys') await this.#unlock(outcome.stored);
      else if (outcome.kind === 'locked') await opening.open(outcome.stage);
      else if (await perform(this.connection, outcome.stage, outcome.stored, this.#remembered)) {
        this.#tried = idsOf(outcome.stage.keyring.stored);
        if (outcome.result) return outcome.result.value;
      }
    }
    throw new SessionStoreError('ABORTED', 'others kept writing meanwhile; nothing was written. Try again');
  }

  async #rehearse<T>(
    transaction: WriteTransaction,
    opening: Opening,
    work: (transaction: WriteTransaction, stage?: Stage) => Promise<T>,
  ): Promise<Outcome<T>> {
    const stored = await transaction.objectStore('meta').get('clock');
    if (this.#isPlain(stored)) return { kind: 'done', value: await work(transaction) };
    const keyring = this.#keyringFor(stored);
    if (!keyring) return { kind: 'unknown keys', stored };
    const stage = new Stage(transaction, keyring, opening, clockOf(stored));
    // From here on, those who do not know of the encryption write nothing more; only then is what they wrote looked at.
    if (typeof stored === 'number') return { kind: 'rehearsed', stage, stored };
    const outcome = await play(stage, () => work(stage.transaction, stage));
    if (outcome.kind !== 'done' || stage.isUnchanged) return outcome;
    return { kind: 'rehearsed', stage, stored, result: outcome };
  }

  /** Not encrypted, and not going to be. */
  #isPlain(stored: StoredClock): boolean {
    return typeof stored !== 'object' && this.keys[0] === null;
  }

  #keyringFor(stored: StoredClock): Keyring | undefined {
    return this.#tried === idsOf(listOf(stored)) ? this.#keyring : undefined;
  }

  async #unlock(stored: StoredClock): Promise<void> {
    const listed = listOf(stored);
    this.#keyring = await this.#holder.unlock(listed);
    this.#tried = idsOf(listed);
    if (this.#keyring.isRotating) this.rotation.schedule();
  }
}

/** Goes through an operation once. */
async function play<T>(stage: Stage, work: () => Promise<T>): Promise<Outcome<T>> {
  const [result] = await Promise.allSettled([work()]);
  await stage.settle();
  if (stage.locked.size > 0) return { kind: 'locked', stage };
  if (stage.failure) throw stage.failure;
  if (result.status === 'rejected') throw result.reason;
  return { kind: 'done', value: result.value };
}

const clockOf = (stored: StoredClock): number => (typeof stored === 'object' ? stored.clock : (stored ?? 0));

const listOf = (stored: StoredClock): StoredKey[] => {
  if (stored === undefined) return [];
  return typeof stored === 'object' ? stored.keys : [UNENCRYPTED];
};

const idsOf = (keys: readonly StoredKey[]): string => JSON.stringify(keys.map(({ id }) => id));
