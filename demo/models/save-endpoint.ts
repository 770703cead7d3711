import { apiKeys, keyStatus } from './api-keys.js';
import { isOnThisComputer } from './refusals.js';
import { putEndpoint, type Endpoint } from './settings.js';
import { isVaultOpen, keepInVault, openVault, removeFromVault } from './vault.js';

/** What the form has. */
export interface EndpointDraft {
  label: string;
  baseUrl: string;
  model: string;
  apiKey: string;
  isKept: boolean;
  passphrase: string;
}

/** Throws what the person can do something about. */
export async function saveEndpoint(before: Endpoint | undefined, draft: EndpointDraft): Promise<Endpoint> {
  const id = before?.id ?? crypto.randomUUID();
  const model = draft.model.trim();
  const label = draft.label.trim() || model;
  const baseUrl = baseUrlOf(draft.baseUrl);
  const apiKey = draft.apiKey.trim();
  // A key that cannot be shown is not taken back by leaving its field empty.
  const isUnchanged =
    before !== undefined && apiKey === '' && ['locked', 'missing', 'moved'].includes(keyStatus(before));
  const key = isUnchanged ? before.key : apiKey === '' ? 'none' : draft.isKept ? 'kept' : 'memory';
  if (key === 'kept' && !isUnchanged) {
    if (!isVaultOpen()) await openVault(draft.passphrase);
    await keepInVault(id, { apiKey, baseUrl });
  }
  if (apiKey !== '') apiKeys.set(id, { apiKey, baseUrl });
  else if (!isUnchanged) apiKeys.delete(id);
  const endpoint = { id, label, baseUrl, model, key };
  putEndpoint(endpoint);
  if (before?.key === 'kept' && key !== 'kept') await removeFromVault(id);
  return endpoint;
}

/** People copy it with and without what comes behind it. */
function baseUrlOf(typed: string): string {
  const address = typed.trim().replace(/\/+(chat\/completions\/*)?$/, '');
  if (!/^https?:/i.test(address) || !URL.canParse(address)) {
    throw new Error('The base URL begins with https://, or with http:// on this computer.');
  }
  const url = new URL(address);
  if (url.protocol === 'http:' && !isOnThisComputer(url)) {
    throw new Error(`Over http this page talks to this computer only. Use https for ${url.host}.`);
  }
  return url.href.replace(/\/$/, '');
}
