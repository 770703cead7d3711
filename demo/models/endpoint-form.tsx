import { useState, type FormEvent } from 'react';
import { KeyFields } from './key-fields.js';
import { apiKeys } from './api-keys.js';
import { saveEndpoint, type EndpointDraft } from './save-endpoint.js';
import { changeModelSettings, type Endpoint } from './settings.js';

const PRESETS = [
  { label: 'Ollama', baseUrl: 'http://localhost:11434/v1' },
  { label: 'llama.cpp', baseUrl: 'http://localhost:8080/v1' },
  { label: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1' },
];

interface EndpointFormProps {
  /** `undefined` for a new one. */
  endpoint: Endpoint | undefined;
  onDone: () => void;
}

export function EndpointForm({ endpoint, onDone }: EndpointFormProps) {
  const [draft, setDraft] = useState<EndpointDraft>(() => ({
    label: endpoint?.label ?? '',
    baseUrl: endpoint?.baseUrl ?? '',
    model: endpoint?.model ?? '',
    apiKey: (endpoint && apiKeys.get(endpoint)) ?? '',
    isKept: endpoint?.key === 'kept',
    passphrase: '',
  }));
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const change = (changed: Partial<EndpointDraft>) => setDraft((draft) => ({ ...draft, ...changed }));

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    setIsBusy(true);
    setFailure(undefined);
    try {
      const saved = await saveEndpoint(endpoint, draft);
      // Whoever adds a model wants to ask it.
      if (!endpoint) changeModelSettings({ chosen: saved.id });
      onDone();
    } catch (error) {
      setFailure((error as Error).message);
      setIsBusy(false);
    }
  }

  return (
    <form className="endpoint" onSubmit={(event) => void save(event)}>
      {!endpoint && (
        <div className="presets" role="group" aria-label="Fill in the address of">
          {PRESETS.map((preset) => (
            <button key={preset.label} type="button" onClick={() => change(preset)}>
              {preset.label}
            </button>
          ))}
        </div>
      )}
      <label>
        Base URL
        <input
          type="url"
          required
          placeholder="https://…/v1"
          value={draft.baseUrl}
          onChange={({ target }) => change({ baseUrl: target.value })}
        />
      </label>
      <label>
        Model
        <input
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="As the server calls it"
          value={draft.model}
          onChange={({ target }) => change({ model: target.value })}
        />
      </label>
      <label>
        Name
        <input
          autoComplete="off"
          placeholder="What you call it"
          value={draft.label}
          onChange={({ target }) => change({ label: target.value })}
        />
      </label>
      <KeyFields endpoint={endpoint} draft={draft} onChange={change} />
      {failure !== undefined && (
        <p className="failure" role="alert">
          {failure}
        </p>
      )}
      <div className="buttons">
        <button type="button" className="quiet" onClick={onDone}>
          Back
        </button>
        <button type="submit" className="primary" disabled={isBusy}>
          {isBusy ? 'Saving…' : 'Save'}
        </button>
      </div>
    </form>
  );
}
