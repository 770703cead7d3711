import { InMemorySessionStore } from 'genkit/beta';
import { describe, expect, it } from 'vitest';
import {
  describeSessionStore,
  SESSION_STORE_CAPABILITIES,
  type DescribeSessionStoreOptions,
  type SessionStoreCapability,
  type StoreFactory,
} from '../../../src/testing/index.js';

const capabilities = Object.keys(SESSION_STORE_CAPABILITIES) as SessionStoreCapability[];

/** What a page without a test runner would do: collect the cases, then run them one after another. */
function collect(factory: StoreFactory, options: DescribeSessionStoreOptions = {}) {
  const cases = new Map<string, () => Promise<void>>();
  describeSessionStore('a store', factory, {
    patienceMs: 50,
    ...options,
    describe: (_name, body) => body(),
    it: (name, body) => {
      expect(cases.has(name), `two cases are called ${name}`).toBe(false);
      cases.set(name, body);
    },
  });
  return cases;
}

const run = (body: (() => Promise<void>) | undefined): Promise<unknown> =>
  body!().then(
    () => 'passed',
    (error: Error) => error.message,
  );

const genkit: StoreFactory = (options) => ({ store: new InMemorySessionStore<any>(options) });

describe('describeSessionStore', () => {
  it('has cases for every capability', () => {
    const lacks = Object.fromEntries(capabilities.map((name) => [name, 'because']));
    const titles = [...collect(genkit, { lacks }).keys()].join('\n');
    for (const name of capabilities) expect(titles).toContain(`(lacks ${name}: because)`);
  });

  it('fails a case whose capability the store lacks without saying so', async () => {
    const cases = collect(genkit);
    expect(await run(cases.get('Self parent: dropped where none was stored'))).toMatch(/no leaf snapshot/);
  });

  it('fails a case of a capability that the store is said to lack, but has', async () => {
    const cases = collect(genkit, { lacks: { 'structured-clone-values': 'said so' } });
    const title = 'Round trip: a value may contain itself (lacks structured-clone-values: said so)';
    expect(await run(cases.get(title))).toMatch(/remove 'structured-clone-values' from `lacks`/);
  });

  it('passes a lacking case that fails, or that never ends', async () => {
    const lacks = { 'any-id': 'takes no ids at all' };
    const title = 'Ids: any string that is not blank (lacks any-id: takes no ids at all)';
    const failing = collect(
      () => ({ store: { getSnapshot: () => Promise.reject(new Error('no')) } as any }),
      { lacks },
    );
    expect(await run(failing.get(title))).toBe('passed');
    const hanging = collect(() => ({ store: { getSnapshot: () => new Promise(() => {}) } as any }), {
      lacks,
    });
    expect(await run(hanging.get(title))).toBe('passed');
  });

  it('closes what the factory made, whether or not the case passes', async () => {
    let closed = 0;
    const cases = collect((options) => ({ ...(genkit(options) as object), close: () => closed++ }) as any);
    await run(cases.get('Unknown id: reads as undefined'));
    await run(cases.get('Self parent: dropped where none was stored'));
    expect(closed).toBe(2);
  });

  it('does not take a broken factory for a lacking capability', async () => {
    const broken: StoreFactory = () => {
      throw new Error('broken factory');
    };
    const cases = collect(broken, { lacks: { 'any-id': 'x' } });
    expect(await run(cases.get('Ids: any string that is not blank (lacks any-id: x)'))).toBe(
      'broken factory',
    );
  });

  it('refuses to run without a runner, or with a capability that it does not know', () => {
    expect(() => describeSessionStore('a store', genkit)).toThrow(/pass `describe` and `it`/);
    expect(() => collect(genkit, { lacks: { wings: 'no' } as object })).toThrow(
      /options.lacks.wings: is no option/,
    );
  });
});
