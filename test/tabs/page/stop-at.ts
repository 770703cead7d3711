/** What a store asks of the browser, and may wait for. */
const ASKED: [prototype: object, methods: string[]][] = [
  [IDBFactory.prototype, ['open']],
  [IDBDatabase.prototype, ['transaction']],
  [IDBTransaction.prototype, ['commit']],
  [
    IDBObjectStore.prototype,
    ['get', 'getKey', 'getAll', 'getAllKeys', 'count', 'openCursor', 'put', 'add', 'delete', 'clear'],
  ],
  [IDBIndex.prototype, ['get', 'getKey', 'getAll', 'getAllKeys', 'count', 'openCursor', 'openKeyCursor']],
  [SubtleCrypto.prototype, ['encrypt', 'decrypt', 'digest', 'importKey', 'exportKey', 'generateKey', 'sign']],
  [Blob.prototype, ['arrayBuffer', 'text']],
  [LockManager.prototype, ['request', 'query']],
  [BroadcastChannel.prototype, ['postMessage']],
];

/**
 * Stops this worker for good, in the midst of what it does, at the `nth` time that it has asked the browser for something
 * or that it is answered; and says where.
 */
export function stopAt(nth: number): void {
  let times = 0;
  const point = (where: string) => {
    if (++times !== nth) return;
    postMessage({ stopped: where });
    // Memory that threads could share is to be had in this way only, on pages that are not isolated.
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    Atomics.wait(new Int32Array(buffer), 0, 0);
  };

  for (const [prototype, methods] of ASKED) {
    const asked = prototype as Record<string, (...args: unknown[]) => unknown>;
    for (const method of methods) {
      const original = asked[method]!;
      asked[method] = function (...args) {
        const heard = args.map((each) =>
          typeof each === 'function'
            ? (...given: unknown[]) => {
                point(`${method} has its turn`);
                return each(...given) as unknown;
              }
            : each,
        );
        const answer = original.apply(this, heard);
        point(`${method} was called`);
        const types = ['success', 'error', 'upgradeneeded', 'complete', 'abort'];
        if (answer instanceof EventTarget) {
          for (const type of types) answer.addEventListener(type, () => point(`${method}: ${type}`));
        } else if (answer instanceof Promise) {
          const settled = () => point(`${method} was answered`);
          return answer.finally(settled);
        }
        return answer;
      };
    }
  }
}
