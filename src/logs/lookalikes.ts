import type { Entry } from './entry.js';
import { equal } from '../values/deep-equal.js';
import { fingerprint } from './fingerprint.js';
import { firstIndex } from '../values/first-index.js';
import { addTo } from '../values/add-to.js';

/** How many entries with the same fingerprint are compared before a value counts as new. */
const CANDIDATES = 8;

/** Entries by their fingerprints. */
export class Lookalikes {
  readonly #indexes = new Map<unknown, number[]>();
  readonly #entries: Entry[] = [];

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: Entry): void {
    const print = (entry.print ??= fingerprint(entry.value));
    const index = this.#entries.push(entry) - 1;
    addTo(this.#indexes, print, index);
  }

  /**
   * The index of an entry that equals the value. Indexes after `after` come first, since histories lose elements at the
   * front and in the middle.
   */
  indexOf(value: unknown, after: number, isSame: (index: number) => boolean): number | undefined {
    const indexes = this.#indexes.get(fingerprint(value)) ?? [];
    const from = firstIndex(indexes, (index) => index > after);
    for (let i = 0; i < indexes.length && i < CANDIDATES; i++) {
      const index = indexes[(from + i) % indexes.length]!;
      if (isSame(index)) return index;
    }
    return undefined;
  }

  /** An existing entry for the same medium. */
  medium(value: unknown): Entry | undefined {
    const index = this.indexOf(
      value,
      -1,
      (index) => equal(this.#entries[index]!.value, value, true) === true,
    );
    return index === undefined ? undefined : this.#entries[index];
  }
}
