import { browserDatabases, localStore, touched } from '../platform/browser.js';
import type { HealthEvent } from '../types/health.js';
import { replacementOf } from './replacement.js';
import { isReading, unsigned } from './rows.js';
import type { Database } from './schema.js';
import { requestAll } from './transaction.js';

/** The localStorage key of the note: the epoch and clock of a database. */
const keyOf = (database: string) => `offshoot:${database}`;

/** Some contexts have no localStorage, and it may be forbidden or full. */
function inNotes<T>(use: (storage: Storage) => T) {
  const storage = localStore();
  return storage && touched(() => use(storage));
}

/** Only a string counts as a note: a page may have replaced localStorage by an object that returns other values. */
export const noteOf = (database: string) => inNotes((storage) => storage.getItem(keyOf(database))?.trim());

const putNote = (database: string, note: string) =>
  inNotes((storage) => storage.setItem(keyOf(database), note));

const removeNote = (database: string) => inNotes((storage) => storage.removeItem(keyOf(database)));

/** How far, in ms, the note may lag behind the clock. */
const NOTE_MS = 1000;

/** The epoch and clock of a database. */
interface Note {
  epoch: number;
  clock: number;
}

/**
 * Notices that the browser deleted the database or restored an earlier state of it, which no event reports. The clock
 * is noted in localStorage, which survives when browsers evict IndexedDB. Workers have no localStorage and notice only
 * what happens while they live.
 */
export class WipeDetector {
  /** Settles when all comparisons with the note are done, in order. Only `close()` waits for it. */
  looked: Promise<unknown> = Promise.resolve();
  #known: Note | undefined;
  #noting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly database: string,
    readonly tell: (event: HealthEvent) => void,
    /** Told what the database notes of hidden sessions, if there are any. */
    readonly hides: (noted: unknown) => void,
  ) {}

  /**
   * Compares a database that was just opened with the note as it is before this page writes. `failsOver`: a replacement
   * may have been used while the database could not be opened.
   */
  look(database: Database, failsOver: boolean): void {
    const [before, noted, found] = [this.looked, noteOf(this.database), marksOf(database)];
    this.looked = (async () => {
      await before;
      const marks = await found;
      if (marks?.[2]) this.hides(marks[2]);
      if (marks) await this.#check(noted, marks, failsOver);
    })();
  }

  async #check(text: string | undefined, [epoch, clock]: readonly any[], failsOver: boolean): Promise<void> {
    const { database } = this;
    const found = {
      epoch: readingOf(epoch),
      clock: readingOf(unsigned(typeof clock === 'object' ? clock?.clock : clock)),
    };
    const expected = this.#expected(noteIn(text));
    if (expected && expected.epoch !== found.epoch) {
      // Another check at the same time may have reported it.
      if (this.#known?.epoch !== found.epoch) this.tell({ type: 'wiped', database });
    } else if (expected && expected.clock > found.clock) this.tell({ type: 'rolled-back', database });
    this.#known = found;
    this.#write();
    if (failsOver) await this.#lookForReplacement().catch(() => {});
  }

  /** Records the clock's reading after a commit. */
  advance(clock: number): void {
    this.#afterLook(() => {
      if (!this.#known) return;
      this.#known = { ...this.#known, clock };
      if (localStore()) this.#noting ??= setTimeout(() => this.#writeUnlessReplaced(), NOTE_MS);
    });
  }

  /** Writes a postponed note at once. */
  flush(): void {
    this.#afterLook(() => {
      if (this.#noting !== undefined) this.#writeUnlessReplaced();
    });
  }

  /** Forgets the database, which is deleted on purpose. */
  forget(): void {
    removeNote(this.database);
    this.#afterLook(() => {
      clearTimeout(this.#noting);
      this.#known = this.#noting = undefined;
      removeNote(this.database);
    });
  }

  #afterLook(work: () => void): void {
    void this.looked.then(work);
  }

  async #lookForReplacement(): Promise<void> {
    const { database } = this;
    const replacement = replacementOf(database);
    const databases = await browserDatabases()!.databases();
    if (databases.some(({ name }) => name === replacement)) {
      this.tell({ type: 'recovered', database, replacement });
    }
  }

  /** Another tab may have written a later note, or deleted the database on purpose and made a new one. */
  #expected(noted: Note | undefined): Note | undefined {
    const known = this.#known;
    return noted && known?.epoch === noted.epoch && known.clock > noted.clock ? known : (noted ?? known);
  }

  /** Does not overwrite the note of a newer database, which this tab has not checked yet. */
  #writeUnlessReplaced(): void {
    const noted = noteIn(noteOf(this.database)) ?? this.#known;
    if (noted?.epoch === this.#known?.epoch) return this.#write();
    clearTimeout(this.#noting);
    this.#noting = undefined;
  }

  #write(): void {
    clearTimeout(this.#noting);
    this.#noting = undefined;
    const { epoch, clock } = this.#known!;
    putNote(this.database, `${epoch} ${clock}`);
  }
}

/** Parses a note; any script of the origin may have written there. */
function noteIn(text: string | undefined): Note | undefined {
  const [epoch, clock] = (text ?? '').split(' ').map(Number);
  return isReading(epoch) && epoch > 0 && isReading(clock) ? { epoch, clock } : undefined;
}

/**
 * The database's epoch and clock; `undefined` if they cannot be read, which the work that opened it finds out by
 * itself.
 */
async function marksOf(database: Database) {
  try {
    const begun = database.begin('readonly', 'default', ['meta']);
    const meta = begun.transaction.objectStore('meta');
    const marks = await requestAll(
      () => meta.get('epoch'),
      () => meta.get('clock'),
      () => meta.get('hidden'),
    );
    begun.end();
    return marks;
  } catch {
    return undefined;
  }
}

const readingOf = (stored: unknown) => (isReading(stored) ? stored : 0);
