import type { RekeyProgress } from 'offshoot';
import { reopen, tellOthers } from './access.js';
import { forgetRecord, readRecord, writeRecord, type EncryptionRecord } from './encryption-record.js';
import { keyAgain, newKey } from './passphrase.js';
import { inPhase } from './phase.js';
import { openStore, type DemoStore } from './store.js';

type OnProgress = (progress: RekeyProgress) => void;

/** Encrypts everything under a key made of the passphrase. Interrupted, it goes on when the app is next unlocked. */
export async function switchOn(passphrase: string, onProgress: OnProgress): Promise<void> {
  const { key, record } = await newKey(passphrase, 'encrypting');
  // Without the salt, what is encrypted could never be read again.
  writeRecord(record);
  await finishOn(await reopen(key, { key, previousKeys: [null] }), key, record, onProgress);
}

/** Takes the encryption away again. */
export async function switchOff(key: CryptoKey, onProgress: OnProgress): Promise<void> {
  const record = readRecord();
  if (!record) throw new Error('What the passphrase needs to make the key again is gone.');
  writeRecord(await inPhase(record, key, 'decrypting'));
  // Before they write with a key that is no longer wanted.
  tellOthers(key);
  await finishOff(await reopen(key, { key: null, previousKeys: [key] }), onProgress);
}

/** Opens what is encrypted. `false` if the passphrase is wrong. */
export async function unlock(passphrase: string, record: EncryptionRecord): Promise<boolean> {
  const found = await keyAgain(passphrase, record);
  if (!found) return false;
  const { key, phase } = found;
  switch (phase) {
    case 'on':
      await reopen(key, { key });
      break;
    case 'encrypting':
      void finishOn(await reopen(key, { key, previousKeys: [null] }), key, record).catch(reportError);
      break;
    case 'decrypting':
      void finishOff(await reopen(key, { key: null, previousKeys: [key] })).catch(reportError);
  }
  return true;
}

/** For whoever has lost the passphrase. */
export async function deleteEverything(): Promise<void> {
  const store = openStore();
  await store.deleteDatabase();
  await store.close();
  sessionStorage.clear();
  forgetRecord();
  tellOthers('deleted');
  location.reload();
}

async function finishOn(
  store: DemoStore,
  key: CryptoKey,
  record: EncryptionRecord,
  onProgress?: OnProgress,
): Promise<void> {
  let isTold = false;
  // From its first step on, tabs without the key can read nothing more.
  const tell = () => {
    if (!isTold) tellOthers();
    isTold = true;
  };
  await store.rekey({
    onProgress(progress) {
      tell();
      onProgress?.(progress);
    },
  });
  writeRecord(await inPhase(record, key, 'on'));
  tell();
}

async function finishOff(store: DemoStore, onProgress?: OnProgress): Promise<void> {
  await store.rekey({ onProgress });
  // The proof that nothing needs the key any more, before it can no longer be made.
  await reopen(null, undefined);
  forgetRecord();
  tellOthers();
}
