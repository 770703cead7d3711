/**
 * Lets operations of several steps take turns: those with one key run in the order in which they were called, one
 * after the other, whether or not somebody awaits them.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` when all that was called with this key before is over. */
  async after<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const turn = (async () => {
      await before;
      return work();
    })();
    const over = settled(turn);
    this.#last.set(key, over);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }

  /** Waits for everything that was called before. */
  async idle(): Promise<void> {
    await Promise.all([...this.#last.values()]);
  }
}

/** Who called it is told of its error; who comes next has nothing to do with it. */
async function settled(turn: Promise<unknown>): Promise<void> {
  await Promise.allSettled([turn]);
}
