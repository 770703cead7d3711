import { toast, toastError } from '../app/toasts.js';
import { IconButton } from '../app/icons.js';
import { apiKeys, keyStatus } from './api-keys.js';
import { changeModelSettings, modelSettings, type Endpoint } from './settings.js';
import { removeFromVault } from './vault.js';

const KEYS = {
  none: 'no API key',
  ready: 'API key ready',
  locked: 'API key locked',
  missing: 'API key needed again',
  moved: 'API key of another address, needed again',
};

export function EndpointDetails({ endpoint, onEdit }: { endpoint: Endpoint; onEdit: () => void }) {
  return (
    <>
      <p className="hint">
        {endpoint.model} at {new URL(endpoint.baseUrl).host}, {KEYS[keyStatus(endpoint)]}
      </p>
      <div className="tools">
        <IconButton icon="pencil" label={`Change ${endpoint.label}`} onClick={onEdit} />
        <IconButton
          icon="bin"
          label={`Remove ${endpoint.label}`}
          onClick={() => void remove(endpoint).catch(toastError)}
        />
      </div>
    </>
  );
}

async function remove({ id, label, key }: Endpoint): Promise<void> {
  const { endpoints } = modelSettings();
  changeModelSettings({ endpoints: endpoints.filter((each) => each.id !== id) });
  apiKeys.delete(id);
  if (key === 'kept') await removeFromVault(id);
  toast({ text: `${label} was removed.`, forMs: 4000 });
}
