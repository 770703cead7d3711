import type { HealthEvent } from '../types/health.js';
import { browserDatabases, localStore } from '../platform/browser.js';
import { noteOf, putNote, removeNote } from './note.js';
import { replacementOf } from './replacement.js';
import { isReading } from './rows.js';

/** How long the clock may run ahead of what is noted, in ms. */
const NOTE_MS = 1000;

/** Which database there was, and how far its clock had come. */
interface Note {
  epoch: number;
  clock: number;
}

/**
 * Notices that the browser deleted the database, or went back to an earlier state of it: nothing else tells. What the
 * clock showed is noted outside of IndexedDB, where browsers that make room leave it: in localStorage. Workers have
 * none, and only notice what happens while they live.
 */
export class WipeDetector {
  #known: Note | undefined;
  #noting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly database: string,
    readonly tell: (event: HealthEvent) => void,
  ) {}

  /**
   * Compares what was found with what was noted before: what is noted afterwards may be newer. `failsOver`: there may be
   * a replacement that was used while the database could not be opened.
   */
  async check(text: string | undefined, [epoch, clock]: readonly any[], failsOver: boolean): Promise<void> {
    const { database } = this;
    const found = {
      epoch: readingOf(epoch),
      clock: readingOf(typeof clock === 'object' ? clock?.clock : clock),
    };
    const expected = this.#expected(noteIn(text));
    if (expected && expected.epoch !== found.epoch) {
      // Whoever looked at the same time has told it.
      if (this.#known?.epoch !== found.epoch) this.tell({ type: 'wiped', database });
    } else if (expected && expected.clock > found.clock) this.tell({ type: 'rolled-back', database });
    this.#known = found;
    this.#write();
    if (failsOver) await this.#lookForReplacement().catch(() => {});
  }

  /** Something was written; the clock shows this since. */
  advance(clock: number): void {
    if (!this.#known) return;
    this.#known = { ...this.#known, clock };
    if (localStore()) this.#noting ??= setTimeout(() => this.#writeUnlessReplaced(), NOTE_MS);
  }

  /** Notes at once what would be noted soon. */
  flush(): void {
    if (this.#noting !== undefined) this.#writeUnlessReplaced();
  }

  /** The database is deleted on purpose, and the note with it. */
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

  /** Another tab may have noted more, or deleted the database on purpose and begun a new one. */
  #expected(noted: Note | undefined): Note | undefined {
    const known = this.#known;
    return noted && known?.epoch === noted.epoch && known.clock > noted.clock ? known : (noted ?? known);
  }

  /** Another tab may know of a newer database, which this one has yet to look at. */
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

/** Any script may have written there. */
function noteIn(text: string | undefined): Note | undefined {
  const [epoch, clock] = (text ?? '').split(' ').map(Number);
  return isReading(epoch) && epoch > 0 && isReading(clock) ? { epoch, clock } : undefined;
}

const readingOf = (stored: unknown) => (isReading(stored) ? stored : 0);
