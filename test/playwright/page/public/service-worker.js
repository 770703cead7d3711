// Has the app for every address, as that of an app that works offline.
const worker = /** @type {any} */ (self);

worker.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(caches.open('app').then((cache) => cache.add('/')));
  worker.skipWaiting();
});

worker.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  event.respondWith(event.request.mode === 'navigate' ? caches.match('/') : fresh(event.request));
});

/** From the network, and as it was there if there is none. @param {globalThis.Request} request */
async function fresh(request) {
  const cache = await caches.open('app');
  try {
    const response = await fetch(request);
    await cache.put(request, response.clone());
    return response;
  } catch {
    return cache.match(request);
  }
}
