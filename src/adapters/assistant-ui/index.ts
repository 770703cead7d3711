export { threadHistory, type StoredThreadHistory, type ThreadListItem } from './thread-history.js';
export { threadList, type StoredThreadList, type ThreadListOptions } from './thread-list.js';
export type { ThreadStore } from './thread-store.js';
