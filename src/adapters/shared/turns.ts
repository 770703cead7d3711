/** Serial queues by key: operations with the same key run one by one in call order, awaited or not. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` after all operations called before with this key. */
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

  /** Waits for all operations called before. */
  async idle(): Promise<void> {
    await Promise.all([...this.#last.values()]);
  }
}

/** Its caller gets its error; the next operation ignores it. */
async function settled(turn: Promise<unknown>): Promise<void> {
  await Promise.allSettled([turn]);
}
