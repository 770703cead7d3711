import { ChangeChannel, type ChangeMessage } from './channel.js';
import { Heard } from './heard.js';

/** How long a message that was overtaken may take, in ms. */
const OVERTAKEN_MS = 50;

/** How often to look at the clock where no messages can be heard, and when to try again if it cannot be read, in ms. */
const POLL_MS = 1000;

/** What a tab does about what other tabs write. */
export interface Listener {
  /** Whether anybody in this tab wants to know. */
  isWatched(): boolean;
  /** How far the database's clock has come. */
  readClock(): Promise<number>;
  /** Another tab has written this. */
  hear(message: ChangeMessage): void;
  /** Anything may have been written up to this reading of the clock. */
  missed(clock: number): void;
  /** The database is gone, and there is a new one; this is later than all that was written to the old one. */
  replaced(version: number): void;
}

/**
 * Tells the other tabs of a database what is written here, and notices what they write. The messages are only a
 * hint: the truth is the clock, which every commit advances, so what no message told of is found out by reading it.
 */
export class Sync {
  readonly #channel: ChangeChannel;
  #heard = new Heard();
  /** Whether it is being found out where to begin. */
  #isLearning = false;
  #overtaken: ReturnType<typeof setTimeout> | undefined;
  #polling: ReturnType<typeof setInterval> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;

  constructor(
    databaseName: string,
    readonly listener: Listener,
  ) {
    this.#channel = new ChangeChannel(databaseName, (message) => {
      this.listener.hear(message);
      this.#note(message);
    });
    this.#channel.open();
  }

  /** Somebody has begun to watch. */
  begin(): void {
    if (this.#heard.upTo === undefined && !this.#isLearning) {
      this.#isLearning = true;
      void this.catchUp().finally(() => (this.#isLearning = false));
    }
    if (this.#channel.isSupported) return;
    this.#polling ??= setInterval(() => void this.catchUp(), POLL_MS);
    (this.#polling as { unref?: () => void }).unref?.();
  }

  /** Something was written here. */
  tell(message: ChangeMessage): void {
    this.#channel.send(message);
    this.#note(message);
  }

  /** Finds out whether anything was missed. */
  async catchUp(): Promise<void> {
    if (!this.listener.isWatched()) return this.#rest();
    const known = this.#heard.upTo;
    // If it cannot be read, nothing else can; whoever needs the database is told by what they call.
    const clock = await this.listener.readClock().catch(() => undefined);
    if (!this.listener.isWatched()) return;
    if (clock === undefined) return this.#retryLater();
    if (known !== undefined && clock < known) return this.#beginAnew(clock, known);
    if (this.#isBehind(clock)) {
      // The message may be on its way.
      await new Promise((resolve) => setTimeout(resolve, OVERTAKEN_MS));
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
    if (this.listener.isWatched()) this.begin();
  }

  #retryLater(): void {
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => void this.catchUp(), POLL_MS);
    (this.#retrying as { unref?: () => void }).unref?.();
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

  #note(message: ChangeMessage): void {
    if (!this.listener.isWatched()) return this.#rest();
    this.#heard.add(message);
    if (!this.#heard.isMissing) return;
    this.#overtaken ??= setTimeout(() => {
      this.#overtaken = undefined;
      if (this.#heard.isMissing) void this.catchUp();
    }, OVERTAKEN_MS);
  }

  /** What nobody wants to know need not be kept track of. */
  #rest(heard = new Heard()): void {
    this.#heard = heard;
    clearTimeout(this.#overtaken);
    clearInterval(this.#polling);
    clearTimeout(this.#retrying);
    this.#overtaken = this.#polling = undefined;
  }
}
