import type { IndexedDBSessionStoreOptions } from '../index.js';

/** What the key of an encrypted database is derived from, as by `deriveKey` of `offshoot/encryption`. */
export interface Passphrase {
  passphrase: string;
  /** The app's own salt, at least 16 bytes. */
  salt: Uint8Array<ArrayBuffer>;
  /** The same values as in the app; each has the default of `deriveKey`. */
  algorithm?: 'pbkdf2' | 'argon2id' | undefined;
  iterations?: number | undefined;
  memoryKiB?: number | undefined;
  passes?: number | undefined;
}

/** The options of the app's store that the helper tab needs too. */
export interface TabStoreOptions extends Pick<
  IndexedDBSessionStoreOptions,
  'name' | 'namespace' | 'heartbeatTimeoutMs'
> {
  /** For a database that is encrypted with a passphrase. Default: not encrypted. */
  encryption?: Passphrase | undefined;
}
