import type { HealthEvent } from '../types/health.js';
import { browserDatabases, localStore } from '../platform/browser.js';
import { noteOf, putNote, removeNote } from './note.js';
import { replacementOf } from './replacement.js';
import { isReading } from './rows.js';

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
  #known: Note | undefined;
  #noting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly database: string,
    readonly tell: (event: HealthEvent) => void,
  ) {}

  /**
   * Compares the database with the note as it was before this page wrote. `failsOver`: a replacement may have been used
   * while the database could not be opened.
   */
  async check(text: string | undefined, [epoch, clock]: readonly any[], failsOver: boolean): Promise<void> {
    const { database } = this;
    const found = {
      epoch: readingOf(epoch),
      clock: readingOf(typeof clock === 'object' ? clock?.clock : clock),
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
    if (!this.#known) return;
    this.#known = { ...this.#known, clock };
    if (localStore()) this.#noting ??= setTimeout(() => this.#writeUnlessReplaced(), NOTE_MS);
  }

  /** Writes a postponed note at once. */
  flush(): void {
    if (this.#noting !== undefined) this.#writeUnlessReplaced();
  }

  /** Forgets the database, which is deleted on purpose. */
  forget(): void {
    clearTimeout(this.#noting);
    this.#known = this.#noting = undefined;
    removeNote(this.database);
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

const readingOf = (stored: unknown) => (isReading(stored) ? stored : 0);
