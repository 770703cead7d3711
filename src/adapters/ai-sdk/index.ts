export { openChat, type ChatSource, type OpenChatOptions, type StoredChat } from './open-chat.js';
