import { IndexedDBSessionStore } from '../../index.js';
import { deriveKey, type DeriveKeyOptions } from '../../encryption/index.js';
import type { Answer, Host, Request } from '../host.js';
import type { TabStoreOptions } from '../tab-store-options.js';
import { decode, encode } from '../wire.js';
import { hostOf } from './host-of.js';

let host: Host<unknown> | undefined;

/** Constructs the tab's store. Answers like `call`. */
export function open(options: string): Promise<string> {
  return answering(async () => {
    const { encryption, ...rest } = decode<TabStoreOptions>(options);
    const { passphrase = '', ...derivation } = encryption ?? {};
    // Without idle work, so that only the test decides what is written here, and when.
    const store = new IndexedDBSessionStore({
      ...rest,
      compaction: false,
      ...(encryption && { encryption: { key: await deriveKey(passphrase, derivation as DeriveKeyOptions) } }),
    });
    host = hostOf(store);
  });
}

/** Does what the test asks for. Never rejects: errors are encoded in the answer, so that they arrive unchanged. */
export function call(request: string): Promise<string> {
  return answering(() => {
    const { method, args } = decode<Request>(request);
    return (host![method] as (...args: unknown[]) => unknown)(...args);
  });
}

/** DevTools holds no reference to a promise that it awaits, so that one could be garbage-collected. */
const awaited = new Set<Promise<string>>();

function answering(work: () => unknown): Promise<string> {
  const answer = answerTo(work);
  awaited.add(answer);
  return answer.finally(() => awaited.delete(answer));
}

async function answerTo(work: () => unknown): Promise<string> {
  const answerOf = (answer: Answer) => encode(answer, 'FAILED_PRECONDITION');
  try {
    return answerOf({ value: await work() });
  } catch (error) {
    return answerOf({ error });
  }
}
