/** A stretch of the clock that commits took: what it showed before, and what it shows since. */
export interface Stretch {
  since: number;
  version: number;
}

/** More than ordinary traffic ever leaves waiting. */
const MOST_AHEAD = 1000;

/**
 * Which commits a tab knows of, by what is stored. Since the clock has no holes, what is missing shows; and what was
 * read ahead of it joins on later.
 */
export class CommitGaps {
  #upTo: number | undefined;
  /** Commits that do not join on to what is known. */
  #ahead: Stretch[] = [];

  /** All commits up to this reading of the clock are known; `undefined` before it is known where to begin. */
  get upTo(): number | undefined {
    return this.#upTo;
  }

  /** Whether a commit before one that is known of is missing. */
  get isMissing(): boolean {
    return this.#upTo !== undefined && this.#ahead.length > 0;
  }

  add(stretch: Stretch): void {
    this.#ahead.push(stretch);
    this.#join();
  }

  /** What was stored at this reading of the clock was read, or is about to be. */
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
