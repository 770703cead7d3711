import { ChangeChannel, type ChangeMessage, MOST_IDS } from './channel.js';

/** How long to wait for a message that later ones have overtaken, in ms. */
const OVERTAKEN_MS = 50;

/** How often to read the clock where there is no BroadcastChannel, and when to retry if it cannot be read, in ms. */
const POLL_MS = 1000;

/** More readings of the clock than are written while a database is deleted; the next database's clock starts later. */
const LATER = 1000;

/**
 * Records the stretches that a row names, and returns whether they contain news; `undefined` if the row does not tell.
 */
export type Note = (stretches: readonly Stretch[] | undefined) => boolean;

/** What a tab does about commits of other tabs. */
interface Listener {
  /** Whether this tab watches anything. */
  isWatched(): boolean;
  /** The database in use. */
  database(): string;
  /** Another tab has changed the keys of encryption. */
  rekeyed(): void;
  /** Reads the database's clock. */
  readClock(): Promise<number>;
  /** Reads and delivers what other tabs say they have written. `later` is later than all known commits. */
  hear(hints: Hints, note: Note, later: number): Promise<void>;
  /** Anything may have been written up to this reading of the clock. */
  missed(clock: number): void;
  /** The database was deleted and made again; `version` is later than everything written to the old one. */
  replaced(version: number): void;
}

/**
 * Tells other tabs of this tab's commits, and notices theirs. Messages are only hints of what to read first, since any
 * script of the origin can send them. The clock, which every commit advances, and the stretches in the rows show
 * whether a commit was missed.
 */
export class CatchUp {
  readonly #channel: ChangeChannel;
  #heard = new CommitGaps();
  /** The first reading of the clock, while it is under way. */
  #learning: Promise<void> | undefined;
  /** Hints received while something is read. */
  #hints: Hints | undefined;
  /** The round of reading that is under way. */
  #round: Promise<void> | undefined;
  #checking: ReturnType<typeof setTimeout> | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;

  constructor(
    databaseName: string,
    readonly listener: Listener,
  ) {
    this.#channel = new ChangeChannel(databaseName, (message) => this.#receive(message));
    this.#channel.open();
  }

  /** Called when somebody begins to watch. `anew`: commits before were not tracked. */
  begin(anew: boolean): void {
    if (anew) this.#heard = new CommitGaps();
    if (this.#heard.upTo === undefined && !this.#learning) {
      this.#learning = this.catchUp().finally(() => (this.#learning = undefined));
    }
    if (this.#channel.isSupported) return;
    this.#polling ??= setInterval(() => void this.catchUp(), POLL_MS);
    (this.#polling as { unref?: () => void }).unref?.();
  }

  /** Tells other tabs of a commit of this tab. */
  tell(message: ChangeMessage): void {
    this.#channel.send(message);
  }

  /** A commit of this tab is done. */
  note(stretch: Stretch): void {
    this.#note([stretch]);
  }

  /** Tells other tabs that this one has changed the keys of encryption. */
  tellKeys(): void {
    this.#channel.send({
      database: this.listener.database(),
      snapshots: [],
      sessions: [],
      cleared: false,
      keys: true,
    });
  }

  /** The database was deleted; the clock of the next one starts anew. */
  forget(): void {
    this.#heard = new CommitGaps();
    this.#heard.catchUp(0);
  }

  /** Reads the clock to find out whether a commit was missed. */
  async catchUp(): Promise<void> {
    if (!this.listener.isWatched()) return this.#rest();
    const known = this.#heard.upTo;
    // If the clock cannot be read, nothing else can; callers get the error from their own calls.
    const clock = await this.listener.readClock().catch(() => undefined);
    if (!this.listener.isWatched()) return;
    if (clock === undefined) return this.#checkIn(POLL_MS);
    if (known !== undefined && clock < known) {
      // A clock never goes back, so this is another database.
      this.#rest();
      this.#heard.catchUp(clock);
      return this.listener.replaced(known + 1);
    }
    if (this.#isBehind(clock)) {
      // The message may still be under way, and arrive after later ones.
      await new Promise((resolve) => setTimeout(resolve, OVERTAKEN_MS));
      for (let rounds = 0; rounds < 2 && this.#isBehind(clock); rounds++) await this.#round;
      if (!this.listener.isWatched()) return;
    }
    const hasMissed = this.#isBehind(clock);
    this.#heard.catchUp(clock);
    if (hasMissed) this.listener.missed(clock);
  }

  /** Closes the channel; later commits are found by the clock. */
  putDown(): void {
    this.#channel.close();
    this.#rest(this.#heard);
  }

  takeUp(): void {
    this.#channel.open();
    if (this.listener.isWatched()) this.begin(false);
  }

  #receive(message: ChangeMessage): void {
    if (message.database !== this.listener.database()) return;
    if (message.keys) this.listener.rekeyed();
    if (!this.listener.isWatched()) return this.#rest();
    const isIdle = !this.#round && !this.#hints;
    (this.#hints ??= new Hints()).add(message);
    if (isIdle) void this.#listen();
  }

  /** Reads round after round while hints arrive. */
  async #listen(): Promise<void> {
    for (let hints = this.#hints; hints && this.listener.isWatched(); hints = this.#hints) {
      this.#hints = undefined;
      const later = (this.#heard.upTo ?? 0) + LATER;
      if (hints.isCut) this.#checkIn(OVERTAKEN_MS);
      this.#round = this.listener
        .hear(hints, (stretches) => this.#note(stretches), later)
        .catch(() => this.#checkIn(OVERTAKEN_MS));
      await this.#round;
    }
    this.#round = this.#hints = undefined;
  }

  #isBehind(clock: number): boolean {
    // Before the first reading it is not: nothing is less than `undefined`.
    return this.#heard.upTo! < clock;
  }

  #note(stretches: readonly Stretch[] | undefined): boolean {
    if (!this.listener.isWatched()) {
      this.#rest();
      return false;
    }
    const known = this.#heard.upTo ?? 0;
    const news = stretches?.filter(({ version }) => version > known) ?? [];
    for (const stretch of news) this.#heard.add(stretch);
    if (!stretches || this.#heard.isMissing) this.#checkIn(OVERTAKEN_MS);
    // A stretch that begins at 0 belongs to a new database.
    if (known > 0 && news.some(({ since }) => since === 0)) this.listener.replaced(known + 1);
    return news.length > 0;
  }

  #checkIn(ms: number): void {
    this.#checking ??= setTimeout(() => {
      this.#checking = undefined;
      void this.catchUp();
    }, ms);
    (this.#checking as { unref?: () => void }).unref?.();
  }

  /** Commits are not tracked while nobody watches. */
  #rest(heard = new CommitGaps()): void {
    this.#heard = heard;
    clearTimeout(this.#checking);
    clearInterval(this.#polling);
    this.#checking = this.#polling = undefined;
  }
}

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
      if (known.size < MOST_IDS) known.add(id);
      else this.isCut ||= !known.has(id);
    }
  }
}
