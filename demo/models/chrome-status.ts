import { useSyncExternalStore } from 'react';
import { Listeners } from '../app/listeners.js';
import { OUTPUT, promptApi, type Availability } from './prompt-api.js';

export interface ChromeStatus {
  /** `undefined` until the browser was asked. */
  availability: Availability | undefined;
  /** How much of the model has arrived, from 0 to 1, while it is downloaded. */
  progress: number | undefined;
}

let status: ChromeStatus = { availability: promptApi() ? undefined : 'unavailable', progress: undefined };
const listeners = new Listeners();

function set(next: Partial<ChromeStatus>): void {
  status = { ...status, ...next };
  listeners.notify();
}

/** Only once somebody wants to see the models: the browser starts a service to answer that. */
export async function askChromeStatus(): Promise<void> {
  const availability = await promptApi()
    ?.availability(OUTPUT)
    .catch(() => 'unavailable' as const);
  set({ availability: availability ?? 'unavailable' });
}

export const useChromeStatus = (): ChromeStatus => useSyncExternalStore(listeners.subscribe, () => status);

/** For `create()`, which downloads the model if it has to. */
export function monitor(target: EventTarget): void {
  target.addEventListener('downloadprogress', (event) => {
    set({ availability: 'downloading', progress: (event as ProgressEvent).loaded });
  });
}

/** Downloads the model, if that is still to be done. To be called on a click: browsers want one. */
export async function prepareChromeModel(): Promise<void> {
  try {
    const session = await promptApi()!.create({ ...OUTPUT, monitor });
    session.destroy();
  } finally {
    set({ progress: undefined });
    await askChromeStatus();
  }
}
