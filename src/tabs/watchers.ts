import type { Stretch } from './commit-gaps.js';
import { callSafely } from '../platform/report.js';

/** A value as of one write. Of two for the same key, the one with the greater version is later. */
export interface Versioned<T> {
  version: number;
  /** Makes the value anew for each who gets it. */
  value: () => T;
  /** What was there is no more. Told once, until it is there again. */
  gone: boolean;
  /** It has come to an end without having been written again. Told once for the same version. */
  ended?: boolean;
  /** Of which writes it is known that they were of this value. */
  written?: readonly Stretch[] | undefined;
}

interface Watcher<T> {
  callback: (value: T) => void;
  /** What was delivered last for each key, so that nothing comes twice, nor older after newer. */
  seen: Map<string, Pick<Versioned<T>, 'version' | 'gone' | 'ended'>>;
}

/** Watches every key. Ids are never blank, so no key is this one. */
export const ALL = '';

/** Those who watch something, by its id, and what each of them has seen. */
export class Watchers<T> {
  readonly #groups = new Map<string, Set<Watcher<T>>>();

  /** `read` fetches what is stored under a key now; `undefined` if there is nothing to tell. */
  constructor(
    readonly read: (key: string, hasChanged: boolean) => Promise<Versioned<T> | undefined>,
    readonly failed: (error: unknown) => void,
  ) {}

  /** Returns a function that ends it for good. */
  watch(key: string, callback: (value: T) => void): () => void {
    const watcher: Watcher<T> = { callback, seen: new Map() };
    const group = this.#groups.get(key) ?? new Set();
    this.#groups.set(key, group.add(watcher));
    return () => {
      group.delete(watcher);
      if (group.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
    };
  }

  /** Hands a version to those under `keys` who have not seen it or a later one. */
  deliver(key: string, latest: Versioned<T>, keys: readonly string[] = [key, ALL]): void {
    const { version, value, gone, ended } = latest;
    for (const group of new Set(keys.map((each) => this.#groups.get(each)))) {
      for (const watcher of [...(group ?? [])]) {
        // An earlier callback of this round may have ended a later one.
        const seen = watcher.seen.get(key);
        const isOld =
          seen && (seen.version > version || (seen.version === version && (!ended || seen.ended)));
        if (!group?.has(watcher) || isOld) continue;
        watcher.seen.set(key, { version, gone, ...(ended && { ended }) });
        if (!seen?.gone || !gone) callSafely(watcher.callback, value());
      }
    }
  }

  /**
   * Reads what is stored and delivers it. `hasChanged`: somebody says to have written it. `goneAt`: what is gone
   * is gone since then at the latest, which those who watch everything are told in other words.
   */
  async refresh(key: string, hasChanged = false, goneAt = 0): Promise<Versioned<T> | undefined> {
    try {
      const stored = await this.read(key, hasChanged);
      if (stored?.gone) stored.version = Math.max(stored.version, goneAt);
      if (stored) this.deliver(key, stored, goneAt ? [key] : undefined);
      return stored;
    } catch (error) {
      if (this.#isWatched(key)) this.failed(error);
      return undefined;
    }
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

  #isWatched(key: string): boolean {
    return this.#groups.has(key) || this.#groups.has(ALL);
  }
}
