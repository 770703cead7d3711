export { AgentickSessionStore } from './agentick-session-store.js';
export type { AgentickSessionStoreOptions, SessionSnapshot, SessionStore } from './contract.js';
