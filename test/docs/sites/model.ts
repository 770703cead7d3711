import { IndexedDBSessionStore } from 'offshoot';

// What the test does as the app's other pages would.
Object.assign(globalThis, { store: new IndexedDBSessionStore() });

/** A model whose answers are written by the test. It does not care for the signal, as some do not. */
export async function* stream(): AsyncGenerator<string> {
  for (;;) {
    const piece = await new Promise<string | undefined>((resolve) =>
      Object.assign(globalThis, { say: resolve }),
    );
    if (piece === undefined) return;
    yield piece;
  }
}
