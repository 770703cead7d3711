/** Whom to tell that something has changed, in the shape that `useSyncExternalStore` asks for. */
export class Listeners {
  readonly #all = new Set<() => void>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  };

  notify(): void {
    // One of them may end another.
    for (const listener of [...this.#all]) listener();
  }
}
