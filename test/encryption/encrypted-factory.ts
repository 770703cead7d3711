import type { StoreFactory } from '../../src/testing/index.js';
import { indexedDBStore } from '../conformance/indexeddb-factory.js';
import { makeKey } from './keys.js';

/** A new store as `indexedDBStore` makes it, in which everything is encrypted. */
export async function encryptedStore(): Promise<StoreFactory> {
  const encryption = { key: await makeKey() };
  return (options) => indexedDBStore({ ...options, encryption } as typeof options);
}
