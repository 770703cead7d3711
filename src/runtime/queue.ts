/** Runs work one after the other, in the order in which it was asked for; what fails keeps none from what comes next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Resolves when all that was asked for before is over. */
  done(): Promise<unknown> {
    return this.#last;
  }
}

/** A serial queue for each key; a key whose work is over is forgotten. */
export class KeyedQueue {
  readonly #queues = new Map<string, SerialQueue>();

  /** Runs work after all that was asked for before with this key. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? new SerialQueue();
    this.#queues.set(key, queue);
    const result = queue.run(work);
    const last = queue.done();
    const forget = () => queue.done() === last && this.#queues.delete(key);
    void last.then(forget);
    return result;
  }

  /** Resolves when all that was asked for before is over. */
  async done(): Promise<void> {
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.done()));
  }
}
