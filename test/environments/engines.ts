/** What engines of the age of Chrome 100, Firefox 97 and Safari 15.4 lack, but for what the stand-in for IndexedDB needs. */
export const TOO_NEW: [owner: any, names: (string | symbol)[]][] = [
  [String.prototype, ['isWellFormed', 'toWellFormed']],
  [Array.prototype, ['findLastIndex', 'toReversed', 'toSpliced', 'with']],
  [Object.getPrototypeOf(Uint8Array.prototype), ['findLast', 'findLastIndex', 'toReversed', 'with']],
  [Uint8Array.prototype, ['toBase64', 'toHex', 'setFromBase64']],
  [Uint8Array, ['fromBase64', 'fromHex']],
  [ArrayBuffer.prototype, ['resize', 'transfer', 'transferToFixedLength', 'resizable', 'maxByteLength']],
  [Array, ['fromAsync']],
  [Object, ['groupBy']],
  [Map, ['groupBy']],
  [Promise, ['withResolvers', 'try']],
  [AbortSignal, ['timeout', 'any']],
  [ReadableStream, ['from']],
  [ReadableStream.prototype, [Symbol.asyncIterator, 'values']],
  [URL, ['canParse', 'parse']],
  // Safari has none of the first; the second is missing in insecure pages.
  [globalThis, ['requestIdleCallback']],
  [Object.getPrototypeOf(crypto), ['randomUUID']],
];

/** Returns a function that gives it all back. */
export function takeAway(what = TOO_NEW): () => void {
  const taken: (() => void)[] = [];
  for (const [owner, names] of what) {
    for (const name of names) {
      const descriptor = Object.getOwnPropertyDescriptor(owner, name);
      if (!descriptor?.configurable) continue;
      Reflect.deleteProperty(owner, name);
      taken.push(() => Object.defineProperty(owner, name, descriptor));
    }
  }
  return () => taken.forEach((giveBack) => giveBack());
}
