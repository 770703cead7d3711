export { OffshootSession, type HistoryStore } from './offshoot-session.js';
