import { MOST_IDS, type ChangeMessage } from './channel.js';

/** What several messages together say may have been written. Never more than can be read in a short while. */
export class Hints {
  readonly snapshots = new Set<string>();
  readonly sessions = new Set<string>();
  cleared = false;
  /** There were more. */
  isCut = false;

  add({ snapshots, sessions, cleared }: Omit<ChangeMessage, 'database'>): void {
    this.cleared ||= cleared;
    this.#take(this.snapshots, snapshots);
    this.#take(this.sessions, sessions);
  }

  #take(known: Set<string>, ids: readonly string[]): void {
    for (const id of ids) {
      if (known.size >= MOST_IDS) return void (this.isCut ||= !known.has(id));
      known.add(id);
    }
  }
}
