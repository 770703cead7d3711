import type { Stretch } from './catch-up.js';
import { callSafely } from '../platform/browser.js';

/** A value as of one write. For the same key, the greater version is later. */
export interface Versioned<T> {
  version: number;
  /** Creates the value anew for each receiver. */
  value: () => T;
  /** The value was deleted. Delivered once, until it exists again. */
  gone: boolean;
  /** The value has expired without having been written. Delivered once for each version. */
  ended?: boolean | undefined;
  /** In how many ms to read it again, because it may read otherwise without having been written. */
  again?: number;
  /** The writes that are known to have been of this value. */
  written?: readonly Stretch[] | undefined;
}

interface Watcher<T> {
  callback: (value: T) => void;
  /** What was delivered last for each key, so that no version is delivered twice or after a later one. */
  seen: Map<string, Pick<Versioned<T>, 'version' | 'gone' | 'ended'>>;
}

interface Group<T> extends Set<Watcher<T>> {
  /** Reads the value again when it may read otherwise. */
  timer?: ReturnType<typeof setTimeout>;
}

/** Watches every key. Ids are never blank, so it collides with none. */
export const ALL = '';

/** Watchers by the id that they watch, with what each has seen. */
export class Watchers<T> {
  readonly #groups = new Map<string, Group<T>>();

  /** `read` reads what is stored under a key; `undefined` if there is nothing to deliver. */
  constructor(
    readonly read: (key: string, hasChanged: boolean) => Promise<Versioned<T> | undefined>,
    readonly failed: (error: unknown) => void,
  ) {}

  /** Returns a function that unsubscribes for good. */
  watch(key: string, callback: (value: T) => void): () => void {
    const watcher: Watcher<T> = { callback, seen: new Map() };
    const group: Group<T> = this.#groups.get(key) ?? new Set();
    this.#groups.set(key, group.add(watcher));
    return () => {
      group.delete(watcher);
      if (group.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
    };
  }

  /** Delivers a version to the watchers of `keys` that have not seen it or a later one. */
  deliver(key: string, latest: Versioned<T>, keys: readonly string[] = [key, ALL]): void {
    const { version, value, gone, ended, again } = latest;
    const own = this.#groups.get(key);
    clearTimeout(own?.timer);
    if (own && again) {
      own.timer = setTimeout(() => own.size && this.refresh(key), again);
      (own.timer as { unref?: () => void }).unref?.();
    }
    for (const group of new Set(keys.map((each) => this.#groups.get(each)))) {
      for (const watcher of [...(group ?? [])]) {
        // An earlier callback of this delivery may have unsubscribed this watcher.
        const seen = watcher.seen.get(key);
        const isOld =
          seen && (seen.version > version || (seen.version === version && (!ended || seen.ended)));
        if (!group?.has(watcher) || isOld) continue;
        watcher.seen.set(key, { version, gone, ended });
        if (!seen?.gone || !gone) callSafely(watcher.callback, value());
      }
    }
  }

  /**
   * Reads what is stored and delivers it. `hasChanged`: a hint names it. `goneAt`: deleted values were deleted at this
   * version at the latest; watchers of all keys get a reset for that instead.
   */
  async refresh(key: string, hasChanged = false, goneAt = 0): Promise<void> {
    try {
      const stored = await this.read(key, hasChanged);
      if (stored?.gone) stored.version = Math.max(stored.version, goneAt);
      if (stored) this.deliver(key, stored, goneAt ? [key] : undefined);
    } catch (error) {
      if (this.#groups.has(key) || this.#groups.has(ALL)) this.failed(error);
    }
  }

  /** The same for all keys that are watched one by one. */
  refreshAll(goneAt?: number): void {
    for (const key of this.keys()) void this.refresh(key, false, goneAt);
  }

  /** The keys that are watched one by one. */
  keys(): string[] {
    return [...this.#groups.keys()].filter((key) => key !== ALL);
  }

  clear(): void {
    for (const group of this.#groups.values()) group.clear();
    this.#groups.clear();
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0;
  }
}
