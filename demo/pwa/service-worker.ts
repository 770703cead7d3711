/** Lets the page be opened offline. `onUpdate` gets what puts a new version in place, as soon as there is one. */
export async function registerServiceWorker(onUpdate: (apply: () => void) => void): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const registration = await navigator.serviceWorker.register(scriptUrl());
  let isOutdated = false;
  const offer = (worker: ServiceWorker) => {
    isOutdated = true;
    onUpdate(() => activate(worker));
  };
  const watch = (worker: ServiceWorker) => {
    worker.addEventListener('statechange', () => {
      // The first one of all replaces nothing.
      if (worker.state === 'installed' && registration.active) offer(worker);
    });
  };
  if (registration.waiting) offer(registration.waiting);
  if (registration.installing) watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing!));
  // A tab may be open for weeks.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') registration.update().catch(() => {});
  });
  // Another tab has put the new version in place, and it has not the parts that this one may still load.
  addEventListener('vite:preloadError', () => {
    if (isOutdated) location.reload();
  });
}

function activate(worker: ServiceWorker): void {
  const reload = () => {
    if (worker.state === 'activated') location.reload();
  };
  worker.addEventListener('statechange', reload);
  worker.postMessage({ type: 'SKIP_WAITING' });
  // Another tab may have done it already.
  reload();
}

/** The policy wants to be asked about the address of every script; TypeScript does not know how yet. */
interface WithTrustedTypes {
  trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL: () => string },
    ): { createScriptURL(url: string): string };
  };
}

function scriptUrl(): string {
  const url = `${import.meta.env.BASE_URL}sw.js`;
  const policy = (globalThis as WithTrustedTypes).trustedTypes?.createPolicy('offshoot-service-worker', {
    createScriptURL: () => url,
  });
  return policy?.createScriptURL(url) ?? url;
}
