import { MOST_IDS, type ChangeMessage } from './channel.js';

/** The ids from several change messages, limited to what can be read quickly. */
export class Hints {
  readonly snapshots = new Set<string>();
  readonly sessions = new Set<string>();
  cleared = false;
  /** Whether ids were dropped. */
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
