import { keyStatus } from './api-keys.js';
import type { EndpointDraft } from './save-endpoint.js';
import { useModelSettings, type Endpoint } from './settings.js';
import { isVaultOpen } from './vault.js';

const SHORTEST_PASSPHRASE = 8;

interface KeyFieldsProps {
  endpoint: Endpoint | undefined;
  draft: EndpointDraft;
  onChange: (changed: Partial<EndpointDraft>) => void;
}

/** The API key, and where it stays. */
export function KeyFields({ endpoint, draft, onChange }: KeyFieldsProps) {
  const { endpoints } = useModelSettings();
  const hasVault = endpoints.some(({ key }) => key === 'kept');
  const isLocked = endpoint !== undefined && keyStatus(endpoint) === 'locked';
  return (
    <>
      <label>
        API key
        <input
          type="password"
          autoComplete="off"
          placeholder={isLocked ? 'Locked: enter it again, or go back and unlock it' : 'If it wants one'}
          value={draft.apiKey}
          onChange={({ target }) => onChange({ apiKey: target.value })}
        />
      </label>
      <div className="keep">
        <input
          id="keep-key"
          type="checkbox"
          checked={draft.isKept}
          onChange={({ target }) => onChange({ isKept: target.checked })}
        />
        <label htmlFor="keep-key">Keep the key on this device, encrypted</label>
      </div>
      {!draft.isKept && (
        <p className="hint">Otherwise it is in the memory of this tab only, until it is reloaded.</p>
      )}
      {draft.isKept && !isVaultOpen() && (
        <label>
          {hasVault ? 'Your passphrase' : 'A new passphrase'}
          <input
            type="password"
            autoComplete={hasVault ? 'current-password' : 'new-password'}
            required={draft.apiKey !== ''}
            minLength={hasVault ? undefined : SHORTEST_PASSPHRASE}
            value={draft.passphrase}
            onChange={({ target }) => onChange({ passphrase: target.value })}
          />
          <span className="hint">You are asked for it after a reload. Nobody can tell you what it was.</span>
        </label>
      )}
    </>
  );
}
