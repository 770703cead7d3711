import type { IndexedDBSessionStoreOptions } from '../index.js';

/** What the key of an encrypted database is derived from, as by `deriveKey` of `offshoot/encryption`. */
export interface Passphrase {
  passphrase: string;
  /** The app's own, at least 16 bytes. */
  salt: Uint8Array<ArrayBuffer>;
  /** As the app has these, if it does; each has the default of `deriveKey`. */
  algorithm?: 'pbkdf2' | 'argon2id' | undefined;
  iterations?: number | undefined;
  memoryKiB?: number | undefined;
  passes?: number | undefined;
}

/** The options of the app's store that the helper tab has to have as well. */
export interface TabStoreOptions extends Pick<
  IndexedDBSessionStoreOptions,
  'name' | 'namespace' | 'heartbeatTimeoutMs'
> {
  /** For a database that is encrypted with a passphrase. Default: it is not encrypted. */
  encryption?: Passphrase | undefined;
}
