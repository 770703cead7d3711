export { deriveKey, type DeriveKeyOptions } from './derive-key.js';
