import { useSyncExternalStore } from 'react';
import { Listeners } from '../app/listeners.js';
import type { Endpoint } from './settings.js';

/** In this tab, until it is closed or reloaded. */
const keys = new Map<string, string>();
let version = 0;
const listeners = new Listeners();

function changed(): void {
  version++;
  listeners.notify();
}

export const apiKeys = {
  get: (endpointId: string): string | undefined => keys.get(endpointId),
  set(endpointId: string, apiKey: string): void {
    keys.set(endpointId, apiKey);
    changed();
  },
  delete(endpointId: string): void {
    keys.delete(endpointId);
    changed();
  },
};

/** `missing` was in the memory of another tab, or of this one before it was reloaded. */
export type KeyStatus = 'none' | 'ready' | 'locked' | 'missing';

export function keyStatus({ id, key }: Endpoint): KeyStatus {
  if (key === 'none' || keys.has(id)) return key === 'none' ? 'none' : 'ready';
  return key === 'kept' ? 'locked' : 'missing';
}

/** Makes a component notice keys that come and go. */
export function useApiKeys(): void {
  useSyncExternalStore(listeners.subscribe, () => version);
}
