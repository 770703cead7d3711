import type { SessionSnapshot } from '../types/snapshot.js';
import { invalid, requireValid, taken } from '../values/arguments.js';
import { callable, nonBlank, number, optional, record, string } from '../values/schema.js';
import { assert, eventually } from './assertions.js';
import { SESSION_STORE_CAPABILITIES, type SessionStoreCapability } from './capabilities.js';
import { sessionStoreCases } from './cases/index.js';
import type { CaseContext, SessionStoreCase } from './session-store-case.js';
import type { StoreFactory, StoreUnderTest } from './store-under-test.js';

/** Adapts {@link describeSessionStore} to a runner and to a store. */
export interface DescribeSessionStoreOptions {
  /** Groups the cases. Default: the global `describe`, as provided by Jest, Mocha and Vitest. */
  describe?: (name: string, body: () => void) => unknown;
  /** Registers a case that fails by rejecting. Default: the global `it`. */
  it?: (name: string, body: () => Promise<void>) => unknown;
  /**
   * What the store lacks, each with the reason. The cases that need it still run, and have to fail: once the store has
   * the behaviour, the suite asks for the entry to be removed.
   */
  lacks?: Partial<Record<SessionStoreCapability, string>>;
  /** How long to wait for a delivery. Default 2,000. Keep it under the runner's own limit. */
  patienceMs?: number;
}

const optionsShape = {
  describe: optional(callable),
  it: optional(callable),
  lacks: optional(record),
  patienceMs: optional(number),
};

const lacksShape = Object.fromEntries(
  Object.keys(SESSION_STORE_CAPABILITIES).map((name) => [name, optional(string)]),
);

type Runner = Required<Pick<DescribeSessionStoreOptions, 'describe' | 'it'>>;

function findRunner(options: DescribeSessionStoreOptions): Runner {
  const globals = globalThis as Partial<Runner>;
  const describe = options.describe ?? globals.describe;
  const it = options.it ?? globals.it;
  if (typeof describe === 'function' && typeof it === 'function') return { describe, it };
  throw invalid('options', 'found no test runner: pass `describe` and `it`');
}

function openContext(underTest: StoreUnderTest, patienceMs: number): CaseContext {
  const { store } = underTest;
  return {
    store,
    eventually: (condition, what) => eventually(condition, what, patienceMs),
    async another() {
      assert(underTest.another, 'the factory gave no way to open `another` store over the same data');
      return underTest.another();
    },
    watch(snapshotId, inside, options, watched = store) {
      assert(watched.onSnapshotStateChange, 'the store has no onSnapshotStateChange');
      const delivered: SessionSnapshot<any>[] = [];
      const unsubscribe = watched.onSnapshotStateChange(
        snapshotId,
        (snapshot) => {
          delivered.push(snapshot);
          inside?.(snapshot);
        },
        options,
      );
      assert(unsubscribe, 'onSnapshotStateChange returned no way to unsubscribe');
      return { delivered, unsubscribe };
    },
  };
}

async function mustFail(
  run: Promise<void>,
  lacking: SessionStoreCapability[],
  patienceMs: number,
): Promise<void> {
  const outcome = await Promise.race([
    run.then(
      () => 'passed',
      () => 'failed',
    ),
    // A missing behaviour may show as a promise that never settles.
    new Promise<string>((resolve) => setTimeout(resolve, 2 * patienceMs, 'hung')),
  ]);
  assert(
    outcome !== 'passed',
    `the store does what this case asks for: remove ${lacking.map((name) => `'${name}'`).join(', ')} from \`lacks\``,
  );
}

/**
 * Registers the behavioural contract of a Genkit `SessionStore` with a test runner: one case per behaviour.
 * Needs no runner in particular, and no globals if `describe` and `it` are passed.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 * import { describeSessionStore } from 'offshoot/testing';
 *
 * describeSessionStore('MyStore', (options) => ({ store: new MyStore(options) }), {
 *   describe,
 *   it,
 *   lacks: { pruning: 'keeps every snapshot' },
 * });
 * ```
 */
export function describeSessionStore(
  name: string,
  factory: StoreFactory,
  options: DescribeSessionStoreOptions = {},
): void {
  requireValid(nonBlank, name, 'name');
  requireValid(callable, factory, 'factory');
  const fitted = taken(optionsShape, options);
  const { describe, it } = findRunner(fitted);
  const { patienceMs = 2_000 } = fitted;
  const lacks = taken(lacksShape, fitted.lacks ?? {}, 'options.lacks');

  const runCase = async (testCase: SessionStoreCase, lacking: SessionStoreCapability[]): Promise<void> => {
    const underTest = await factory(testCase.options ?? {});
    try {
      const run = testCase.run(openContext(underTest, patienceMs));
      await (lacking.length > 0 ? mustFail(run, lacking, patienceMs) : run);
    } finally {
      await underTest.close?.();
    }
  };

  describe(name, () => {
    for (const testCase of sessionStoreCases) {
      const lacking = (testCase.needs ?? []).filter((capability) => lacks[capability] !== undefined);
      const notes = lacking.map((capability) => ` (lacks ${capability}: ${lacks[capability]})`);
      it(testCase.title + notes.join(''), () => runCase(testCase, lacking));
    }
  });
}
