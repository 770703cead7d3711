// Every engine by its name, loaded when it is needed.

/** @typedef {'chromium' | 'chromium-sqlite' | 'firefox' | 'webkit'} EngineName */

/** @type {Record<EngineName, () => Promise<import('./engine.d.ts').Engine>>} */
const engines = {
  chromium: async () => (await import('./chromium.mjs')).chromium,
  'chromium-sqlite': async () => (await import('./chromium.mjs')).chromiumSqlite,
  firefox: async () => (await import('./firefox.mjs')).firefox,
  webkit: async () => (await import('./webkit.mjs')).webkit,
};

export const engineNames = /** @type {EngineName[]} */ (Object.keys(engines));

/** @param {EngineName} name */
export const loadEngine = (name) => engines[name]();
