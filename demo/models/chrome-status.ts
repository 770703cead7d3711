import { useSyncExternalStore } from 'react';
import { promptApi, type Availability } from './prompt-api.js';

/** `undefined` until the browser has said. */
export interface ChromeStatus {
  availability: Availability | undefined;
  /** How much of the model has arrived, from 0 to 1, while it is downloaded. */
  progress: number | undefined;
}

let status: ChromeStatus = { availability: promptApi() ? undefined : 'unavailable', progress: undefined };
let isAsked = false;
const listeners = new Set<() => void>();

function set(next: Partial<ChromeStatus>): void {
  status = { ...status, ...next };
  for (const listener of listeners) listener();
}

async function ask(): Promise<void> {
  const availability = await promptApi()
    ?.availability()
    .catch(() => 'unavailable' as const);
  set({ availability: availability ?? 'unavailable' });
}

export function useChromeStatus(): ChromeStatus {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      if (!isAsked) void ask();
      isAsked = true;
      return () => listeners.delete(listener);
    },
    () => status,
  );
}

/** For `create()`, which downloads the model if it has to. */
export function monitor(target: EventTarget): void {
  target.addEventListener('downloadprogress', (event) => {
    set({ availability: 'downloading', progress: (event as ProgressEvent).loaded });
  });
}

/** Downloads the model, if that is still to be done. To be called on a click: browsers want one. */
export async function prepareChromeModel(): Promise<void> {
  try {
    const session = await promptApi()!.create({ monitor });
    session.destroy();
  } finally {
    set({ progress: undefined });
    await ask();
  }
}
