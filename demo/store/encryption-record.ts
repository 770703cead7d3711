const KEY = 'offshoot-demo:encryption';

/** What is kept beside the database, so that the passphrase makes its key again. Nothing in it is secret. */
export interface EncryptionRecord {
  salt: string;
  /**
   * Something encrypted with the key, bound to the phase: it tells a wrong passphrase before the database is touched,
   * and nobody without the key can make the app believe that everything was to be decrypted.
   */
  check: string;
}

/** Changing it all takes a while, and may have been interrupted. */
export const PHASES = ['on', 'encrypting', 'decrypting'] as const;
export type Phase = (typeof PHASES)[number];

const stored = (): string | null => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    // A browser that gives no localStorage cannot have kept one.
    return null;
  }
};

/** What there was when this tab last looked. */
let seen = stored();

/** Whether another tab has changed it since. */
export const isRecordOutdated = (): boolean => stored() !== seen;

export function readRecord(): EncryptionRecord | undefined {
  try {
    const { salt, check } = JSON.parse(stored() ?? '{}') as Partial<EncryptionRecord>;
    return typeof salt === 'string' && typeof check === 'string' ? { salt, check } : undefined;
  } catch {
    return undefined;
  }
}

/** Throws if it cannot be kept: then nothing must be encrypted. */
export function writeRecord(record: EncryptionRecord): void {
  localStorage.setItem(KEY, JSON.stringify(record));
  seen = stored();
}

export function forgetRecord(): void {
  localStorage.removeItem(KEY);
  seen = null;
}
