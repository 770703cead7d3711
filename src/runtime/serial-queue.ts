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
