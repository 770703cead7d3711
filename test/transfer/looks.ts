/** A signal that counts how often somebody looks at it, and is aborted at a look if that is wanted. */
export function countingSignal(abortAt = Infinity, atLook: (look: number) => void = () => {}) {
  const { signal } = new AbortController();
  let count = 0;
  Object.defineProperties(signal, {
    aborted: {
      get() {
        atLook(++count);
        return count >= abortAt;
      },
    },
    reason: { value: new Error('enough') },
    throwIfAborted: {
      value(this: AbortSignal) {
        if (this.aborted) throw this.reason;
      },
    },
  });
  return { signal, looks: () => count };
}
