export * from './versions.js';
export * from './limits.js';
export * from './push.js';
export * from './results.js';
export * from './pages.js';
