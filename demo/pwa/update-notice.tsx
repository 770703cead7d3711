import { useEffect } from 'react';
import { toast } from '../app/toasts.js';
import { registerServiceWorker } from './service-worker.js';

let isRegistered = false;

/** Registers the service worker, and says when there is a new version. */
export function UpdateNotice() {
  useEffect(() => {
    if (isRegistered) return;
    isRegistered = true;
    // Where it is not allowed, the page works as long as it is online.
    void registerServiceWorker((apply) =>
      toast({
        text: 'There is a new version of this page. What you are writing is kept.',
        action: { label: 'Reload', run: apply },
      }),
    ).catch(() => {});
  }, []);
  return null;
}
