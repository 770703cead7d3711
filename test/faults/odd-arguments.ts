import { expectOurs, ODD } from './odd.js';

/** Closing ends what is tried out; these are the framework's own, or hooks for a page. */
const LEFT_OUT = new Set(['close', 'getNextVersion', 'toJSON', 'unstable_useAdapters']);

const GOOD: unknown[] = ['s', () => null, { sessionId: 's' }, { key: null }];

/** Lists of arguments of which one at least is odd. */
function* argumentLists(): Generator<[string, unknown[]]> {
  for (const [name, odd] of ODD) {
    yield [name, [odd]];
    for (const good of GOOD) yield [`${String(good)}, ${name}`, [good, odd]];
    yield [`s, fn, ${name}`, ['s', () => null, odd]];
    yield [`${name} four times`, [odd, odd, odd, odd]];
  }
}

async function drained(values: AsyncIterator<unknown>): Promise<void> {
  while (!(await values.next()).done);
}

async function settle(result: unknown): Promise<unknown> {
  if (typeof result === 'function') return settle((result as () => unknown)());
  const value = await result;
  if (value instanceof ReadableStream) return new Response(value).arrayBuffer();
  if (typeof (value as AsyncIterable<unknown> | undefined)?.[Symbol.asyncIterator] === 'function')
    return drained((value as AsyncIterable<unknown>)[Symbol.asyncIterator]());
  return value;
}

/** Calls it with each list. Whatever it throws must be an error of ours. */
export async function tryOut(what: string, call: (...args: never[]) => unknown): Promise<void> {
  for (const [name, args] of argumentLists()) {
    try {
      await settle(call(...(args as never[])));
    } catch (error) {
      expectOurs(error, `${what}(${name})`);
    }
  }
}

/** Tries out every method of what is made. */
export async function tryOutMethods(what: string, target: object): Promise<void> {
  const methods = target as Record<string, (...args: never[]) => unknown>;
  for (const method of methodsOf(target).filter((name) => !LEFT_OUT.has(name))) {
    await tryOut(`${what}.${method}`, (...args) => methods[method]!(...args));
  }
}

/** Tries out a function or constructor, also with a store as its first argument. */
export async function tryOutMaker(
  what: string,
  store: object,
  make: (...args: never[]) => unknown,
): Promise<void> {
  await tryOut(what, make);
  for (const [name, odd] of ODD) {
    for (const args of [
      [store, odd],
      [store, 's', odd],
      [store, { sessionId: 's' }, odd],
    ]) {
      try {
        await make(...(args as never[]));
      } catch (error) {
        expectOurs(error, `${what}(a store, ${name})`);
      }
    }
  }
}

function methodsOf(target: object): string[] {
  const names = new Set<string>();
  for (let at: object = target; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const { value } = Object.getOwnPropertyDescriptor(at, name)!;
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
  }
  return [...names];
}
