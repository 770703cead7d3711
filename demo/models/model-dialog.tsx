import { useEffect, useState } from 'react';
import { Dialog } from '../app/dialog.js';
import { Icon } from '../app/icons.js';
import { useApiKeys } from './api-keys.js';
import { askChromeStatus } from './chrome-status.js';
import { ChromeDetails } from './chrome-details.js';
import { EndpointDetails } from './endpoint-details.js';
import { EndpointForm } from './endpoint-form.js';
import { LockedKeys } from './locked-keys.js';
import { useModelChoice } from './model-choice.js';
import { useModelSettings, type Endpoint } from './settings.js';

/** Which model is asked, and where others are. */
export default function ModelDialog({ onClose }: { onClose: () => void }) {
  const { model, models, choose } = useModelChoice();
  const { endpoints } = useModelSettings();
  useApiKeys();
  useEffect(() => void askChromeStatus(), []);
  const [form, setForm] = useState<{ endpoint: Endpoint | undefined }>();
  if (form) {
    const { endpoint } = form;
    return (
      <Dialog title={endpoint ? `Change ${endpoint.label}` : 'Add a model'} onClose={onClose}>
        <EndpointForm endpoint={endpoint} onDone={() => setForm(undefined)} />
      </Dialog>
    );
  }
  return (
    <Dialog title="Models" onClose={onClose}>
      <LockedKeys />
      <fieldset className="models">
        <legend className="hint">Who answers, in all tabs of this browser</legend>
        {models.map((each) => {
          const endpoint = endpoints.find(({ id }) => id === each.id);
          return (
            <div key={each.id} className="model">
              <input
                type="radio"
                name="model"
                id={`model-${each.id}`}
                checked={each.id === model.id}
                onChange={() => choose(each)}
              />
              <label htmlFor={`model-${each.id}`}>{each.label}</label>
              {each.id === 'scripted' && (
                <p className="hint">Part of this page: needs no network and knows nothing.</p>
              )}
              {each.id === 'chrome' && <ChromeDetails />}
              {endpoint && <EndpointDetails endpoint={endpoint} onEdit={() => setForm({ endpoint })} />}
            </div>
          );
        })}
      </fieldset>
      <button type="button" onClick={() => setForm({ endpoint: undefined })}>
        <Icon name="plus" />
        Add a model
      </button>
      <p className="hint">
        Anything that speaks OpenAI’s protocol: Ollama and llama.cpp on this computer, OpenRouter and others
        elsewhere. This page talks to nobody else.
      </p>
    </Dialog>
  );
}
