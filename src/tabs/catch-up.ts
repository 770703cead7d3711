import { ChangeChannel, type ChangeMessage } from './channel.js';
import { CommitGaps, type Stretch } from './commit-gaps.js';
import { Hints } from './hints.js';

/** How long a message that was overtaken may take, in ms. */
const OVERTAKEN_MS = 50;

/** How often to look at the clock where no messages can be heard, and when to try again if it cannot be read, in ms. */
const POLL_MS = 1000;

/** More than is written to a database while it is deleted, in readings of its clock; the next one begins later. */
const LATER = 1000;

/**
 * Takes what is stored of what was heard, and answers whether that is news; `undefined` for what leaves it open whether
 * there is more.
 */
export type Note = (stretches: readonly Stretch[] | undefined) => boolean;

/** What a tab does about what other tabs write. */
export interface Listener {
  /** Whether anybody in this tab wants to know. */
  isWatched(): boolean;
  /** The database that is used. */
  database(): string;
  /** How far the database's clock has come. */
  readClock(): Promise<number>;
  /** Other tabs say that they have written this. `later` comes after all that is known to be written. */
  hear(hints: Hints, note: Note, later: number): Promise<void>;
  /** Anything may have been written up to this reading of the clock. */
  missed(clock: number): void;
  /** The database is gone, and there is a new one; this is later than all that was written to the old one. */
  replaced(version: number): void;
}

/**
 * Tells the other tabs of a database what is written here, and notices what they write. The messages are only a
 * hint, of which any script of the origin can send some: they say what to read first. That nothing was missed is
 * shown by the clock, which every commit advances, and by what the rows that were read say of it.
 */
export class CatchUp {
  readonly #channel: ChangeChannel;
  #heard = new CommitGaps();
  /** Whether it is being found out where to begin. */
  #isLearning = false;
  /** What was heard while something else was read. */
  #hints: Hints | undefined;
  /** What is being read. */
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

  /** Somebody has begun to watch. `anew`: what was heard before was not kept track of. */
  begin(anew: boolean): void {
    if (anew) this.#heard = new CommitGaps();
    if (this.#heard.upTo === undefined && !this.#isLearning) {
      this.#isLearning = true;
      void this.catchUp().finally(() => (this.#isLearning = false));
    }
    if (this.#channel.isSupported) return;
    this.#polling ??= setInterval(() => void this.catchUp(), POLL_MS);
    (this.#polling as { unref?: () => void }).unref?.();
  }

  /** Something was written here. */
  tell(message: ChangeMessage, stretch: Stretch): void {
    this.#channel.send(message);
    this.#note([stretch]);
  }

  /** The database was deleted; the next one's clock begins anew. */
  forget(): void {
    this.#heard = new CommitGaps();
    this.#heard.catchUp(0);
  }

  /** Finds out whether anything was missed. */
  async catchUp(): Promise<void> {
    if (!this.listener.isWatched()) return this.#rest();
    const known = this.#heard.upTo;
    // If it cannot be read, nothing else can; whoever needs the database is told by what they call.
    const clock = await this.listener.readClock().catch(() => undefined);
    if (!this.listener.isWatched()) return;
    if (clock === undefined) return this.#checkIn(POLL_MS);
    if (known !== undefined && clock < known) return this.#beginAnew(clock, known);
    if (this.#isBehind(clock)) {
      // The message may be on its way, and be read after those that came before.
      await new Promise((resolve) => setTimeout(resolve, OVERTAKEN_MS));
      for (let rounds = 0; rounds < 2 && this.#isBehind(clock); rounds++) await this.#round;
      if (!this.listener.isWatched()) return;
    }
    const hasMissed = this.#isBehind(clock);
    this.#heard.catchUp(clock);
    if (hasMissed) this.listener.missed(clock);
  }

  /** Lets go of the channel: what is written from now on is missed. */
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
    if (!this.listener.isWatched()) return this.#rest();
    const isIdle = !this.#round && !this.#hints;
    (this.#hints ??= new Hints()).add(message);
    if (isIdle) void this.#listen();
  }

  /** Reads what was heard of, one after the other, however fast it comes. */
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

  /** Clocks never go back, so this is another one. */
  #beginAnew(clock: number, known: number): void {
    this.#rest();
    this.#heard.catchUp(clock);
    this.listener.replaced(known + 1);
  }

  #isBehind(clock: number): boolean {
    return this.#heard.upTo !== undefined && this.#heard.upTo < clock;
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
    // What begins anew is another database.
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

  /** What nobody wants to know need not be kept track of. */
  #rest(heard = new CommitGaps()): void {
    this.#heard = heard;
    clearTimeout(this.#checking);
    clearInterval(this.#polling);
    this.#checking = this.#polling = undefined;
  }
}
