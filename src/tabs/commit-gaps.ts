/** The clock's readings before and after one or more commits. */
export interface Stretch {
  since: number;
  version: number;
}

/** More than ordinary traffic ever leaves waiting. */
const MOST_AHEAD = 1000;

/**
 * The commits that a tab knows of from what is stored. Since the clock has no holes, gaps show; commits that were read
 * early join on later.
 */
export class CommitGaps {
  #upTo: number | undefined;
  /** Commits that do not join on to the known ones yet. */
  #ahead: Stretch[] = [];

  /** All commits up to this reading of the clock are known; `undefined` before the first reading. */
  get upTo(): number | undefined {
    return this.#upTo;
  }

  /** Whether there is a gap before a known commit. */
  get isMissing(): boolean {
    return this.#upTo !== undefined && this.#ahead.length > 0;
  }

  add(stretch: Stretch): void {
    this.#ahead.push(stretch);
    this.#join();
  }

  /** Everything stored at this reading of the clock has been read, or is about to be. */
  catchUp(clock: number): void {
    this.#upTo = Math.max(this.#upTo ?? 0, clock);
    this.#join();
  }

  #join(): void {
    let known = this.#upTo;
    if (known === undefined) return;
    this.#ahead = this.#ahead
      .sort((a, b) => a.since - b.since)
      .filter(({ since, version }) => {
        if (since > known!) return true;
        known = Math.max(known!, version);
        return false;
      })
      .slice(0, MOST_AHEAD);
    this.#upTo = known;
  }
}
