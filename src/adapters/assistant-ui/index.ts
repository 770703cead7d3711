export { openThreadHistory, type StoredThreadHistory, type ThreadListItem } from './open-thread-history.js';
export { openThreadList, type StoredThreadList, type ThreadListOptions } from './open-thread-list.js';
export type { ThreadStore } from './thread-store.js';
