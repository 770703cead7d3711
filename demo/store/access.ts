import { SessionStoreError, type EncryptionOptions } from 'offshoot';
import { Listeners } from '../app/listeners.js';
import { Answers } from '../turns/answers.js';
import { keepDraftsUnder } from '../turns/drafts.js';
import { isRecordOutdated, readRecord, type EncryptionRecord } from './encryption-record.js';
import { phaseOf } from './phase.js';
import { openStore, type DemoStore } from './store.js';

/** Whether this tab can get at the chats. */
export type Access =
  | { state: 'open'; store: DemoStore; answers: Answers; key: CryptoKey | null }
  | { state: 'locked'; record: EncryptionRecord }
  /** They are encrypted, and what the passphrase needs to make their key is gone. */
  | { state: 'lost' };

let access: Access | undefined;
const listeners = new Listeners();

/** Tabs tell each other when encryption is switched on or off. Nothing that they hold may outlive that. */
const others = new BroadcastChannel('offshoot-demo:encryption');
others.addEventListener('message', ({ data }) => {
  told = data;
  setTimeout(() => (told = undefined), TOLD_MS);
  void beginAgain().catch(reportError);
});
// What another tab has written there may come later than what it says.
addEventListener('storage', () => void beginAgain().catch(reportError));

/** What another tab has said, for as long as it may take to be seen. */
let told: unknown;
const TOLD_MS = 5000;

/** With the key, if it is given up: what others are writing is sealed with it, and a tab that is locked has none. */
export const tellOthers = (what: 'changed' | 'deleted' | CryptoKey = 'changed'): void =>
  others.postMessage(what);

/** Anybody of the origin may say so; whether it is so, what is stored tells. */
async function beginAgain(): Promise<void> {
  const what = told;
  if (what === undefined || !isRecordOutdated() || (await isCurrent().catch(() => false))) return;
  if (what === 'deleted') sessionStorage.clear();
  const own = access?.state === 'open' ? access.key : undefined;
  const key = own ?? (what instanceof CryptoKey ? what : undefined);
  if (what !== 'deleted' && key && (await isSwitchedOff(key))) {
    // Nobody could open what is being written once the key cannot be made any more.
    if (!own) await keepDraftsUnder(key);
    await keepDraftsUnder(null);
  }
  location.reload();
}

/** Only who has the key can have said that all is to be decrypted; afterwards nothing is left of the record. */
async function isSwitchedOff(key: CryptoKey): Promise<boolean> {
  const record = readRecord();
  return !record || (await phaseOf(record, key)) === 'decrypting';
}

export const { subscribe } = listeners;

/** One store for the whole page, however often it is rendered; made when it is first asked for. */
export const currentAccess = (): Access => (access ??= begin());

function set(next: Access): void {
  access = next;
  listeners.notify();
}

/** Whether this tab holds the chats as they are now to be kept: then what another tab tells is no news. */
async function isCurrent(): Promise<boolean> {
  if (access?.state !== 'open') return false;
  const { key } = access;
  const record = readRecord();
  if (!key || !record) return !key && !record;
  const phase = await phaseOf(record, key);
  return phase === 'on' || phase === 'encrypting';
}

function begin(): Access {
  const record = readRecord();
  return record ? { state: 'locked', record } : openPlain();
}

function openPlain(): Access {
  const store = openStore();
  void store.listSessions({ limit: 1 }).catch(async (error: unknown) => {
    // Whatever else is wrong, those who show something say so.
    if (!(error instanceof SessionStoreError) || error.status !== 'PERMISSION_DENIED') return;
    const record = readRecord();
    set(record ? { state: 'locked', record } : { state: 'lost' });
    await store.close();
  });
  return opened(store, null);
}

const opened = (store: DemoStore, key: CryptoKey | null): Access => ({
  state: 'open',
  store,
  answers: new Answers(store),
  key,
});

/** Puts a store with other keys in the place of the one there was; only if it can be read. */
export async function reopen(
  key: CryptoKey | null,
  encryption: EncryptionOptions | undefined,
): Promise<DemoStore> {
  const store = openStore(encryption);
  try {
    await store.listSessions({ limit: 1 });
  } catch (error) {
    await store.close();
    throw error;
  }
  // What is still being written must not stay in plain text beside chats that do not.
  await keepDraftsUnder(key);
  const before = access;
  set(opened(store, key));
  if (before?.state === 'open') await before.store.close();
  return store;
}
