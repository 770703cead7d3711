import type { DeriveKeyOptions } from '../encryption/derive-key.js';
import type { IndexedDBSessionStoreOptions } from '../index.js';

/** What the key of an encrypted database is derived from, as by `deriveKey` of `offshoot/encryption`. */
export interface Passphrase extends DeriveKeyOptions {
  passphrase: string;
}

/** The options of the app's store that the helper tab has to have as well. */
export interface TabStoreOptions extends Pick<
  IndexedDBSessionStoreOptions,
  'name' | 'namespace' | 'heartbeatTimeoutMs'
> {
  /** For a database that is encrypted with a passphrase. Default: it is not encrypted. */
  encryption?: Passphrase | undefined;
}
