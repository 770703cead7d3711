import { useSyncExternalStore } from 'react';
import { Listeners } from '../app/listeners.js';
import type { Endpoint } from './settings.js';

/** A key goes to the address that it was entered for and nowhere else, whatever the settings say by then. */
export interface KeptKey {
  apiKey: string;
  baseUrl: string;
}

/** In this tab, until it is closed or reloaded. */
const keys = new Map<string, KeptKey>();
let version = 0;
const listeners = new Listeners();

function changed(): void {
  version++;
  listeners.notify();
}

export const apiKeys = {
  get({ id, baseUrl }: Endpoint): string | undefined {
    const kept = keys.get(id);
    return kept?.baseUrl === baseUrl ? kept.apiKey : undefined;
  },
  set(endpointId: string, kept: KeptKey): void {
    keys.set(endpointId, kept);
    changed();
  },
  delete(endpointId: string): void {
    keys.delete(endpointId);
    changed();
  },
};

/** `missing` was in the memory of another tab, or of this one before it was reloaded; `moved` is for another address. */
export type KeyStatus = 'none' | 'ready' | 'locked' | 'missing' | 'moved';

export function keyStatus(endpoint: Endpoint): KeyStatus {
  if (endpoint.key === 'none') return 'none';
  if (keys.has(endpoint.id)) return apiKeys.get(endpoint) === undefined ? 'moved' : 'ready';
  return endpoint.key === 'kept' ? 'locked' : 'missing';
}

/** Makes a component notice keys that come and go. */
export function useApiKeys(): void {
  useSyncExternalStore(listeners.subscribe, () => version);
}
