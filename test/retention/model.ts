import fc from 'fast-check';
import type { RetentionPolicy } from '../../src/index.js';

/** A session to be saved. Snapshots are saved in this order, and named by it. */
export interface PlannedSession {
  isPinned: boolean;
  /** Which snapshot is selected, if there is one of that number. */
  selected: number | undefined;
  snapshots: PlannedSnapshot[];
}

export interface PlannedSnapshot {
  /** The minute of its creation. */
  minute: number;
  /** Counts back from the snapshot; 0 for none. */
  parent: number;
  isPending: boolean;
}

const snapshot: fc.Arbitrary<PlannedSnapshot> = fc.record({
  minute: fc.nat(30),
  parent: fc.nat(3),
  isPending: fc.nat(9).map((n) => n === 0),
});

const session: fc.Arbitrary<PlannedSession> = fc.record({
  isPinned: fc.nat(4).map((n) => n === 0),
  selected: fc.option(fc.nat(8), { nil: undefined }),
  snapshots: fc.array(snapshot, { minLength: 1, maxLength: 9, size: 'max' }),
});

export const plannedSessions = fc.array(session, { minLength: 1, maxLength: 6, size: 'max' });

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });

/** `oldest` is the minute before which sessions are too old. */
export interface PlannedPolicy {
  oldest: number | undefined;
  limits: Pick<RetentionPolicy, 'maxSessions' | 'maxSnapshotsPerSession' | 'maxBytes'>;
}

export const plannedPolicy: fc.Arbitrary<PlannedPolicy> = fc.record({
  oldest: limit(30),
  limits: fc.record({
    maxSessions: limit(6),
    maxSnapshotsPerSession: limit(8),
    maxBytes: limit(20_000),
  }),
});

/** What a session is expected to be, kept as simply as possible. */
export class ModelSession {
  readonly snapshots: { id: string; parent: string | undefined; minute: number; isPending: boolean }[];
  readonly selected: string | undefined;
  readonly isPinned: boolean;

  constructor(
    readonly id: string,
    plan: PlannedSession,
  ) {
    this.snapshots = [];
    for (const [n, { minute, parent, isPending }] of plan.snapshots.entries()) {
      const continued = parent > 0 ? this.snapshots[n - parent] : undefined;
      this.snapshots.push({
        id: `${id}.${n}`,
        parent: continued?.id,
        // Nothing is older than what it continues.
        minute: Math.max(minute, continued?.minute ?? 0),
        isPending,
      });
    }
    this.selected = plan.selected === undefined ? undefined : this.snapshots[plan.selected]?.id;
    this.isPinned = plan.isPinned;
  }

  get updated(): number {
    return Math.max(...this.snapshots.map(({ minute }) => minute));
  }

  get isPending(): boolean {
    return this.snapshots.some(({ isPending }) => isPending);
  }

  get staysWhole(): boolean {
    return this.isPinned || this.isPending;
  }

  pathTo(id: string | undefined): string[] {
    const snapshot = this.snapshots.find((each) => each.id === id);
    return snapshot ? [...this.pathTo(snapshot.parent), snapshot.id] : [];
  }

  /** The oldest first; what was saved later is younger. */
  leaves(left: readonly string[]): string[] {
    const isLeft = ({ id }: { id: string }) => left.includes(id);
    return this.snapshots
      .filter((each) => isLeft(each))
      .filter(({ id }) => !this.snapshots.some((other) => isLeft(other) && other.parent === id))
      .map((each, n) => ({ ...each, n }))
      .sort((a, b) => a.minute - b.minute || a.n - b.n)
      .map(({ id }) => id);
  }

  /** All that lies on a branch that nothing may be deleted of. */
  get protected(): Set<string> {
    const all = this.snapshots.map(({ id }) => id);
    const heads = [
      this.selected,
      this.leaves(all).at(-1),
      ...this.snapshots.flatMap((each) => (each.isPending ? [each.id] : [])),
    ];
    return new Set(heads.flatMap((head) => this.pathTo(head)));
  }

  /** What is left when branches are cut off, one by one, until there are few enough. */
  afterPruning(most: number): string[] {
    let left = this.snapshots.map(({ id }) => id);
    if (this.isPinned) return left;
    while (left.length > most) {
      const leaf = this.leaves(left).find((id) => !this.protected.has(id));
      if (leaf === undefined) break;
      let cut: string | undefined = leaf;
      while (cut !== undefined && !this.protected.has(cut) && this.leaves(left).includes(cut)) {
        const id: string = cut;
        left = left.filter((other) => other !== id);
        cut = this.snapshots.find((each) => each.id === id)!.parent;
      }
    }
    return left;
  }
}
