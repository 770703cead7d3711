import { SO_FAR } from './chat.js';
import type { View } from './device.js';

/** One acknowledged save: its text is its own, the last of the messages. */
interface Saved {
  text: string;
  device: number;
  step: number;
  snapshotId: string;
  /** Which life of a session it was saved in. */
  life: string;
  /** Written over, or deleted, by somebody who saw it. */
  isGone?: true;
}

/** A session that somebody deleted: the lives that were in it, and when the server may have heard of it. */
interface Deletion {
  lives: Set<string>;
  device: number;
  step: number;
}

/** What was saved, written over and deleted, on all devices: what has to be there in the end. */
export class Ledger {
  step = 0;
  /** Whether any device or the server was. */
  isSetBack = false;
  readonly #saved = new Map<string, Saved>();
  readonly #deletedIds = new Map<string, { device: number; step: number }>();
  readonly #deletions: Deletion[] = [];
  readonly #deletedSnapshots = new Set<string>();
  /** Steps at which a device tried to sync, and those at which it did. */
  readonly #tried: number[][] = [];
  readonly #synced: number[][] = [];
  #lives = 0;

  newLife(): string {
    return `life ${this.#lives++}`;
  }

  /** The life of what was saved with one of these texts. */
  lifeOf(texts: readonly string[]): string | undefined {
    for (const text of [...texts].reverse()) {
      const saved = this.#saved.get(text);
      if (saved) return saved.life;
    }
    return undefined;
  }

  saved(text: string, device: number, snapshotId: string, life: string): void {
    this.#saved.set(text, { text, device, step: this.step, snapshotId, life });
  }

  /** Written over by a later version of the same snapshot, by somebody who saw it. */
  writtenOver(text: string | undefined): void {
    const saved = text === undefined ? undefined : this.#saved.get(text);
    if (saved) saved.isGone = true;
  }

  deletedSnapshot(device: number, snapshotId: string, text: string | undefined): void {
    this.#deletedIds.set(snapshotId, { device, step: this.step });
    this.#deletedSnapshots.add(snapshotId);
    this.writtenOver(text);
  }

  deletedSession(device: number, lives: Iterable<string>): void {
    this.#deletions.push({ lives: new Set(lives), device, step: this.step });
  }

  /** A device is as it was then: what was done on it since, and is not on the server, is not known to anybody. */
  setBack(device: number, step: number): void {
    for (const saved of this.#saved.values()) {
      if (saved.device === device && saved.step > step) saved.isGone = true;
    }
    const synced = this.#synced[device]?.at(-1) ?? -1;
    for (const [id, deleted] of this.#deletedIds) {
      if (deleted.device === device && deleted.step > step && deleted.step > synced)
        this.#deletedIds.delete(id);
    }
  }

  tried(device: number): void {
    (this.#tried[device] ??= []).push(this.step);
  }

  synced(device: number): void {
    (this.#synced[device] ??= []).push(this.step);
  }

  /** What is wrong with what all devices show in the end. */
  problems(view: View): string[] {
    const ids = new Map<string, number>();
    const texts = new Map<string, string[]>();
    for (const { snapshots } of Object.values(view)) {
      for (const [id, { texts: all }] of Object.entries(snapshots)) {
        ids.set(id, (ids.get(id) ?? 0) + 1);
        const own = ownText(all);
        if (own !== undefined) texts.set(own, [...(texts.get(own) ?? []), id]);
      }
    }
    return [
      ...[...this.#saved.values()]
        .filter((saved) => !texts.has(saved.text) && this.#mustBeThere(saved))
        .map(({ text, snapshotId }) => `lost: ${text}, saved as ${snapshotId}`),
      ...[...this.#deletedIds.keys()].filter((id) => ids.has(id)).map((id) => `came back: ${id}`),
      ...[...ids].filter(([, count]) => count > 1).map(([id]) => `in two sessions: ${id}`),
      ...[...texts.keys()].filter((text) => !this.#saved.has(text)).map((text) => `never saved: ${text}`),
    ];
  }

  /** Texts that more than one snapshot ends with. */
  doubled(view: View): string[] {
    const owners = new Map<string, number>();
    for (const { snapshots } of Object.values(view)) {
      for (const { texts } of Object.values(snapshots)) {
        const own = ownText(texts);
        if (own !== undefined) owners.set(own, (owners.get(own) ?? 0) + 1);
      }
    }
    return [...owners].filter(([, count]) => count > 1).map(([text]) => text);
  }

  #mustBeThere(saved: Saved): boolean {
    if (saved.isGone) return false;
    // "Deletes win": a version of a snapshot that somebody else deleted goes with it.
    if (this.#deletedSnapshots.has(saved.snapshotId)) return false;
    return !this.#deletions.some((deletion) => this.#mayGoWith(deletion, saved));
  }

  /**
   * What whoever deleted the session had seen of it goes with it: what they saved, and what they may have pulled before. What
   * they had not is rescued ("what another device wrote in a deleted session before it heard of it goes into a new session"),
   * so it has to be there. A device that was set back does not know what it had pushed.
   */
  #mayGoWith({ lives, device, step }: Deletion, saved: Saved): boolean {
    if (!lives.has(saved.life)) return false;
    if (saved.device === device && saved.step <= step) return true;
    if (this.isSetBack) {
      const heard = this.#synced[device]?.find((at) => at >= step) ?? Infinity;
      return (this.#tried[saved.device] ?? []).some((at) => at >= saved.step && at <= heard);
    }
    return (this.#tried[device] ?? []).some((at) => at >= saved.step && at <= step);
  }
}

/** What was saved with a snapshot itself. */
function ownText(texts: 'pending' | readonly string[]): string | undefined {
  const own = texts === 'pending' ? undefined : texts.at(-1);
  return own === SO_FAR ? undefined : own;
}
