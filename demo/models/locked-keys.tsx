import { useState, type FormEvent } from 'react';
import { Icon } from '../app/icons.js';
import { toastError } from '../app/toasts.js';
import { keyStatus } from './api-keys.js';
import { useModelSettings } from './settings.js';
import { deleteVault, openVault } from './vault.js';

/** After a reload: what was kept encrypted needs its passphrase. */
export function LockedKeys() {
  const { endpoints } = useModelSettings();
  const [passphrase, setPassphrase] = useState('');
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const locked = endpoints.filter((endpoint) => keyStatus(endpoint) === 'locked');
  if (locked.length === 0) return null;

  async function unlock(event: FormEvent): Promise<void> {
    event.preventDefault();
    setIsBusy(true);
    setFailure(undefined);
    try {
      await openVault(passphrase);
    } catch (error) {
      setFailure((error as Error).message);
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <form className="locked-keys" onSubmit={(event) => void unlock(event)}>
      <p>
        <Icon name="lock" />
        {locked.length === 1
          ? `The API key of ${locked[0]!.label} is locked.`
          : `${locked.length} API keys are locked.`}
      </p>
      <label>
        Passphrase
        <input
          type="password"
          autoComplete="current-password"
          required
          value={passphrase}
          onChange={({ target }) => setPassphrase(target.value)}
        />
      </label>
      {failure !== undefined && (
        <p className="failure" role="alert">
          {failure}
        </p>
      )}
      <div className="buttons">
        <button type="button" className="quiet" onClick={() => void deleteVault().catch(toastError)}>
          Forget the {locked.length === 1 ? 'key' : 'keys'}
        </button>
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? 'Unlocking…' : 'Unlock'}
        </button>
      </div>
    </form>
  );
}
