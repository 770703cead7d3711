export type { ReadUIMessageStream } from './assembly.js';
export { openChat } from './open-chat.js';
export type { ChatSource, OpenChatOptions, ShownChat, StoredChat } from './stored-chat.js';
