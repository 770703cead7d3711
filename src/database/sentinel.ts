import type { HealthEvent } from '../contract/health.js';
import { localStore, touched } from '../platform/browser.js';
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
export class Sentinel {
  #known: Note | undefined;
  #noting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly database: string,
    readonly tell: (event: HealthEvent) => void,
  ) {}

  /** To be called before the database is looked at: what was noted afterwards may be newer than what was found. */
  expect(): Note | undefined {
    // Another tab may have noted more, or deleted the database on purpose and begun a new one.
    const noted = this.#read();
    const known = this.#known;
    return noted && known?.epoch === noted.epoch && known.clock > noted.clock ? known : (noted ?? known);
  }

  /** Compares what was expected with what was found. */
  check(expected: Note | undefined, found: Note): void {
    const { database } = this;
    if (expected && expected.epoch !== found.epoch) {
      // Whoever looked at the same time has told it.
      if (this.#known?.epoch !== found.epoch) this.tell({ type: 'wiped', database });
    } else if (expected && expected.clock > found.clock) this.tell({ type: 'rolled-back', database });
    const hasAdvanced = this.#known?.epoch === found.epoch && this.#known.clock > (expected?.clock ?? 0);
    if (!hasAdvanced) this.#known = found;
    this.#write();
  }

  /** Something was written; the clock shows this since. */
  advance(clock: number): void {
    if (!this.#known) return;
    this.#known = { ...this.#known, clock };
    if (!withStorage(() => true)) return;
    this.#noting ??= setTimeout(() => this.#writeUnlessReplaced(), NOTE_MS);
  }

  /** Notes at once what would be noted soon. */
  flush(): void {
    if (this.#noting !== undefined) this.#writeUnlessReplaced();
  }

  /** The database is deleted on purpose. */
  forget(): void {
    clearTimeout(this.#noting);
    this.#known = this.#noting = undefined;
    withStorage((storage) => storage.removeItem(this.#key));
  }

  get #key(): string {
    return `offshoot:${this.database}`;
  }

  #read(): Note | undefined {
    const text = withStorage((storage) => storage.getItem(this.#key));
    const [epoch, clock] = (text ?? '').split(' ').map(Number);
    // Any script may have written there.
    return isReading(epoch) && epoch > 0 && isReading(clock) ? { epoch, clock } : undefined;
  }

  /** Another tab may know of a newer database, which this one has yet to look at. */
  #writeUnlessReplaced(): void {
    if ((this.#read() ?? this.#known)?.epoch === this.#known?.epoch) return this.#write();
    clearTimeout(this.#noting);
    this.#noting = undefined;
  }

  #write(): void {
    clearTimeout(this.#noting);
    this.#noting = undefined;
    const { epoch, clock } = this.#known!;
    withStorage((storage) => storage.setItem(this.#key, `${epoch} ${clock}`));
  }
}

/** Not every context has it, and it may be forbidden or full. */
function withStorage<T>(use: (storage: Storage) => T) {
  const storage = localStore();
  return storage && touched(() => use(storage));
}
