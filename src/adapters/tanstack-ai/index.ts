export {
  openChatPersistence,
  type ChatPersistence,
  type ChatPersistenceOptions,
} from './open-chat-persistence.js';
