import { Icon } from '../app/icons.js';
import { keyStatus, useApiKeys } from './api-keys.js';
import { useChromeStatus } from './chrome-status.js';
import { useModelChoice } from './model-choice.js';
import { useModelSettings } from './settings.js';

/** Beneath the composer: which model is asked, and the way to others. */
export function ModelPicker() {
  const { model, openSettings } = useModelChoice();
  const { endpoints } = useModelSettings();
  const { progress } = useChromeStatus();
  useApiKeys();
  const endpoint = endpoints.find(({ id }) => id === model.id);
  const key = endpoint && keyStatus(endpoint);
  const isLocked = key !== undefined && key !== 'none' && key !== 'ready';
  const note = isLocked ? 'API key needed' : progress === undefined ? undefined : percent(progress);
  return (
    <button
      type="button"
      className="quiet model-picker"
      aria-label={['Model', model.label, note].filter(Boolean).join(': ')}
      title={model.label}
      onClick={openSettings}
    >
      <Icon name={isLocked ? 'lock' : 'settings'} />
      <span>{model.label}</span>
      {note !== undefined && <span className="model-note">{note}</span>}
    </button>
  );
}

const percent = (progress: number) => `${Math.round(progress * 100)} %`;
