// One file per engine. Firefox and WebKitGTK are yet to come: see engine.d.ts for what theirs must export.

/** @param {string} name @returns {Promise<import('./engine.d.ts').Engine>} */
export async function loadEngine(name) {
  if (name === 'chromium') return (await import('./chromium.mjs')).engine;
  throw new Error(`--engine=${name}: nobody has written bench/engines/${name}.mjs yet`);
}
