import { IndexedDBSessionStore, SessionStoreError } from 'offshoot';
import { deriveKey } from 'offshoot/encryption';
import { apiKeys, type KeptKey } from './api-keys.js';
import { changeModelSettings, modelSettings } from './settings.js';

/** API keys at rest: a small store of its own, encrypted under a passphrase. One session for each endpoint. */
type Vault = IndexedDBSessionStore<KeptKey>;

const DATABASE = 'offshoot-demo-keys';
const SALT = 'offshoot-demo-keys-salt';

/** As long as this tab is not reloaded, nobody is asked for the passphrase again. */
let opened: CryptoKey | undefined;

export const isVaultOpen = (): boolean => opened !== undefined;

/** Takes the keys out, if the passphrase is right; a vault that is not there yet is made with it. */
export async function openVault(passphrase: string): Promise<void> {
  const kept = new Set(
    modelSettings()
      .endpoints.filter((endpoint) => endpoint.key === 'kept')
      .map(({ id }) => id),
  );
  // What no endpoint knows of is of no use, and may have another passphrase.
  if (kept.size === 0) await deleteVault();
  const key = await deriveKey(passphrase, { salt: salt() });
  await withVault(key, async (vault) => {
    const { sessions } = await vault.listSessions({ limit: 1000 });
    for (const { sessionId } of sessions) {
      // Its endpoint was removed while the vault was locked.
      if (!kept.has(sessionId)) await vault.deleteSession(sessionId);
      const entry = (await vault.getSnapshot({ sessionId }))?.state?.custom;
      if (entry) apiKeys.set(sessionId, entry);
    }
  });
  opened = key;
}

export async function keepInVault(endpointId: string, entry: KeptKey): Promise<void> {
  await withVault(opened!, (vault) =>
    vault.saveSnapshot(endpointId, () => ({
      sessionId: endpointId,
      createdAt: new Date().toISOString(),
      status: 'completed',
      state: { custom: entry },
    })),
  );
}

/** To be called once no endpoint says any more that its key is kept there. */
export async function removeFromVault(endpointId: string): Promise<void> {
  const isEmpty = modelSettings().endpoints.every(({ key }) => key !== 'kept');
  if (isEmpty) await deleteVault();
  // Otherwise the next one to open it does that.
  else if (opened) await withVault(opened, (vault) => vault.deleteSession(endpointId));
}

/** For who has lost the passphrase: that needs no key. */
export async function deleteVault(): Promise<void> {
  const { endpoints } = modelSettings();
  changeModelSettings({
    endpoints: endpoints.map((each) => (each.key === 'kept' ? { ...each, key: 'none' } : each)),
  });
  opened = undefined;
  await using(new IndexedDBSessionStore({ name: DATABASE }), (vault) => vault.deleteDatabase());
  localStorage.removeItem(SALT);
}

async function withVault<T>(key: CryptoKey, work: (vault: Vault) => Promise<T>): Promise<T> {
  try {
    return await using(new IndexedDBSessionStore({ name: DATABASE, encryption: { key } }), work);
  } catch (error) {
    if (!(error instanceof SessionStoreError) || error.status !== 'PERMISSION_DENIED') throw error;
    opened = undefined;
    throw new Error('That is not the passphrase that the keys were kept with.', { cause: error });
  }
}

async function using<T>(vault: Vault, work: (vault: Vault) => Promise<T>): Promise<T> {
  try {
    return await work(vault);
  } finally {
    await vault.close();
  }
}

/** No secret; but without it the passphrase opens nothing. */
function salt(): Uint8Array<ArrayBuffer> {
  const known = localStorage.getItem(SALT);
  if (known !== null) return Uint8Array.from(known.split(','), Number);
  const made = crypto.getRandomValues(new Uint8Array(16));
  localStorage.setItem(SALT, made.join(','));
  return made;
}
