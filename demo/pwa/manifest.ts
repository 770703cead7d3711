import type { VitePWAOptions } from 'vite-plugin-pwa';

/** What makes the page an app. The PNGs are drawn from `icon.svg`; the maskable ones have no rounded corners. */
export const pwaOptions: Partial<VitePWAOptions> = {
  // A new version waits until somebody says "Reload".
  registerType: 'prompt',
  // pwa/service-worker.ts does it: the Content-Security-Policy forbids inline scripts.
  injectRegister: false,
  manifest: {
    id: '/',
    name: 'Offshoot',
    short_name: 'Offshoot',
    description: 'A chat with branches that works offline, in as many tabs as you like.',
    display: 'standalone',
    start_url: './',
    background_color: '#ffffff',
    theme_color: '#0b6b57',
    categories: ['productivity'],
    icons: [
      { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
      { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: 'icon-maskable-192.png', sizes: '192x192', type: 'image/png', purpose: 'maskable' },
      { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  },
  workbox: {
    // Everything, lazy parts too: whoever is offline can open each of them.
    globPatterns: ['**/*.{js,css,html,svg,png}'],
    // From the first visit on.
    clientsClaim: true,
  },
};
