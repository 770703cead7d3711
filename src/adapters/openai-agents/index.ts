export { IndexedDBSession, type HistoryStore } from './indexeddb-session.js';
