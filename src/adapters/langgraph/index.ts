export { OffshootSaver } from './offshoot-saver.js';
export type { CheckpointStore } from './checkpoint-store.js';
export { configOf } from './checkpoint-address.js';
export { OffshootStore, type MemoryStore } from './offshoot-store.js';
