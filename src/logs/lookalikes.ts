import type { Entry } from './entry.js';
import { equal } from '../values/deep-equal.js';
import { fingerprint } from './fingerprint.js';

/** How many that look like a value are compared before it counts as new. */
const CANDIDATES = 8;

/** Entries by what they look like. */
export class Lookalikes {
  readonly #places = new Map<unknown, number[]>();
  readonly #entries: Entry[] = [];

  constructor(entries: Iterable<Entry>) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: Entry): void {
    const print = (entry.print ??= fingerprint(entry.value));
    const place = this.#entries.push(entry) - 1;
    const known = this.#places.get(print);
    if (known) known.push(place);
    else this.#places.set(print, [place]);
  }

  /**
   * Where an entry is that equals the value. What comes behind `after` is the likelier: histories lose from the front
   * and in the middle.
   */
  place(value: unknown, after: number, isSame: (place: number) => boolean): number | undefined {
    const places = this.#places.get(fingerprint(value)) ?? [];
    let [from, to] = [0, places.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (places[middle]! <= after) from = middle + 1;
      else to = middle;
    }
    for (let i = 0; i < places.length && i < CANDIDATES; i++) {
      const place = places[(from + i) % places.length]!;
      if (isSame(place)) return place;
    }
    return undefined;
  }

  /** A medium that is there already. */
  medium(value: unknown): Entry | undefined {
    const place = this.place(value, -1, (place) => equal(this.#entries[place]!.value, value, true) === true);
    return place === undefined ? undefined : this.#entries[place];
  }
}
