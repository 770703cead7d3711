/** How a store's databases are encrypted. */
export interface EncryptionOptions {
  /**
   * What everything is written with: an AES-GCM key that may encrypt and decrypt, extractable or not; `deriveKey`
   * makes one of a passphrase. `null` to write without encryption from now on.
   */
  key: CryptoKey | null;
  /**
   * What may have been written with before: older keys, and `null` for what is not encrypted. As long as something
   * is left of it, it is written anew under `key` in idle time; `rekey()` waits for that.
   */
  previousKeys?: readonly (CryptoKey | null)[] | undefined;
}
