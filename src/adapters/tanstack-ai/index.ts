export { chatPersistence, type ChatPersistence, type ChatPersistenceOptions } from './chat-persistence.js';
