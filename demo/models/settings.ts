import { useSyncExternalStore } from 'react';
import { Listeners } from '../app/listeners.js';

/** Where a model is that speaks the protocol of OpenAI's chat completions. Nothing here is a secret. */
export interface Endpoint {
  id: string;
  label: string;
  /** Without `/chat/completions`. */
  baseUrl: string;
  model: string;
  /** Where its API key is: nowhere, in the memory of the tab it was entered in, or encrypted in IndexedDB. */
  key: 'none' | 'memory' | 'kept';
}

export interface ModelSettings {
  /** The id of the model that is asked. */
  chosen: string;
  endpoints: readonly Endpoint[];
}

const KEY = 'offshoot-demo-models';
const DEFAULTS: ModelSettings = { chosen: 'scripted', endpoints: [] };

let read: { stored: string | null; settings: ModelSettings } = { stored: null, settings: DEFAULTS };
const listeners = new Listeners();

export function modelSettings(): ModelSettings {
  const stored = localStorage.getItem(KEY);
  if (stored !== read.stored) {
    read = { stored, settings: parsed(stored) };
  }
  return read.settings;
}

/** A record that cannot be read costs the choice of a model, not the page. */
function parsed(stored: string | null): ModelSettings {
  try {
    return { ...DEFAULTS, ...(JSON.parse(stored ?? '{}') as Partial<ModelSettings>) };
  } catch {
    return DEFAULTS;
  }
}

export function changeModelSettings(change: Partial<ModelSettings>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...modelSettings(), ...change }));
  listeners.notify();
}

export function putEndpoint(endpoint: Endpoint): void {
  const { endpoints } = modelSettings();
  const isNew = endpoints.every(({ id }) => id !== endpoint.id);
  changeModelSettings({
    endpoints: isNew
      ? [...endpoints, endpoint]
      : endpoints.map((each) => (each.id === endpoint.id ? endpoint : each)),
  });
}

function subscribe(listener: () => void): () => void {
  const end = listeners.subscribe(listener);
  // What another tab has changed.
  addEventListener('storage', listener);
  return () => {
    end();
    removeEventListener('storage', listener);
  };
}

export const useModelSettings = (): ModelSettings => useSyncExternalStore(subscribe, modelSettings);
