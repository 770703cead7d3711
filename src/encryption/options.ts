/** How a store's databases are encrypted. */
export interface EncryptionOptions {
  /**
   * The key that encrypts all writes: an AES-GCM key with usages `encrypt` and `decrypt`, extractable or not;
   * `deriveKey` derives one from a passphrase. `null` to write without encryption from now on.
   */
  key: CryptoKey | null;
  /**
   * Keys that existing rows may be encrypted with: older keys, and `null` for unencrypted rows. As long as such rows
   * are left, they are encrypted again under `key` in idle time; `rekey()` does it at once.
   */
  previousKeys?: readonly (CryptoKey | null)[] | undefined;
}
