const KEY = 'offshoot-demo:encryption';

/** What is kept beside the database, so that the passphrase makes its key again. Nothing in it is secret. */
export interface EncryptionRecord {
  salt: string;
  /** Something encrypted with the key, which tells a wrong passphrase before the database is touched. */
  check: string;
  /** Changing it all takes a while, and may have been interrupted. */
  phase: 'encrypting' | 'on' | 'decrypting';
}

export function readRecord(): EncryptionRecord | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? 'null') ?? undefined;
  } catch {
    // A browser that gives no localStorage cannot have kept one.
    return undefined;
  }
}

/** Throws if it cannot be kept: then nothing must be encrypted. */
export const writeRecord = (record: EncryptionRecord): void =>
  localStorage.setItem(KEY, JSON.stringify(record));

export const forgetRecord = (): void => localStorage.removeItem(KEY);
