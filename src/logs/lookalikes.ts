import type { Entry } from './entry.js';
import { equal } from '../values/deep-equal.js';
import { fingerprint } from './fingerprint.js';
import { firstIndex } from '../values/first-index.js';
import { addTo } from '../values/add-to.js';

/** How many entries with the same fingerprint are compared before a value counts as new. */
const CANDIDATES = 8;

/** Entries by their fingerprints. */
export class Lookalikes {
  readonly #places = new Map<unknown, number[]>();
  readonly #entries: Entry[] = [];

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: Entry): void {
    const print = (entry.print ??= fingerprint(entry.value));
    const place = this.#entries.push(entry) - 1;
    addTo(this.#places, print, place);
  }

  /**
   * The index of an entry that equals the value. Indexes after `after` come first, since histories lose elements at the
   * front and in the middle.
   */
  place(value: unknown, after: number, isSame: (place: number) => boolean): number | undefined {
    const places = this.#places.get(fingerprint(value)) ?? [];
    const from = firstIndex(places, (place) => place > after);
    for (let i = 0; i < places.length && i < CANDIDATES; i++) {
      const place = places[(from + i) % places.length]!;
      if (isSame(place)) return place;
    }
    return undefined;
  }

  /** An existing entry for the same medium. */
  medium(value: unknown): Entry | undefined {
    const place = this.place(value, -1, (place) => equal(this.#entries[place]!.value, value, true) === true);
    return place === undefined ? undefined : this.#entries[place];
  }
}
