export { OffshootSaver } from './offshoot-saver.js';
export type { CheckpointStore } from './checkpoint-store.js';
export { configOf } from './checkpoint-address.js';
