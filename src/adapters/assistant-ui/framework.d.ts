// As much of `@assistant-ui/react` as this adapter uses, so that it compiles where the framework is not installed. What
// is published names the framework's own types; `npm run typecheck:frameworks` compiles the adapter with those as well.

declare module '@assistant-ui/react' {
  type MessagePart = { type: 'text'; text: string } | { type: 'image'; image: string };
  type MessageStatus =
    | { type: 'running' | 'requires-action' | 'complete' }
    | { type: 'incomplete'; reason: 'cancelled' | 'error' | 'length' | 'other' };
  export interface ThreadMessage {
    id: string;
    createdAt: Date;
    role: 'system' | 'user' | 'assistant';
    content: readonly MessagePart[];
    status?: MessageStatus;
    metadata: object;
  }
  export interface ExportedMessageRepositoryItem {
    message: ThreadMessage;
    parentId: string | null;
    runConfig?: object;
  }
  export interface ThreadHistoryAdapter {
    load(): Promise<{ headId?: string | null; messages: ExportedMessageRepositoryItem[] }>;
    append(item: ExportedMessageRepositoryItem): Promise<void>;
  }

  export interface MessageStorageEntry<Content> {
    id: string;
    parent_id: string | null;
    format: string;
    content: Content;
  }
  export interface MessageFormatItem<Message> {
    parentId: string | null;
    message: Message;
  }
  export interface MessageFormatAdapter<Message, Content extends Record<string, unknown>> {
    format: string;
    encode(item: MessageFormatItem<Message>): Content;
    decode(stored: MessageStorageEntry<Content>): MessageFormatItem<Message>;
    getId(message: Message): string;
  }
  export interface GenericThreadHistoryAdapter<Message> {
    load(): Promise<{ headId?: string | null; messages: MessageFormatItem<Message>[] }>;
    append(item: MessageFormatItem<Message>): Promise<void>;
    update?(item: MessageFormatItem<Message>, localMessageId: string): Promise<void>;
  }

  interface RemoteThreadMetadata {
    remoteId: string;
    status: 'regular' | 'archived';
    title?: string | undefined;
    lastMessageAt?: Date | undefined;
    custom?: Record<string, unknown> | undefined;
  }
  type TitleChunk =
    | { type: 'part-start'; part: { type: 'text' }; path: readonly number[] }
    | { type: 'text-delta'; textDelta: string; path: readonly number[] }
    | { type: 'part-finish'; path: readonly number[] };
  export interface RemoteThreadListAdapter {
    list(page?: {
      after?: string | undefined;
    }): Promise<{ threads: RemoteThreadMetadata[]; nextCursor?: string | undefined }>;
    fetch(threadId: string): Promise<RemoteThreadMetadata>;
    initialize(threadId: string): Promise<{ remoteId: string }>;
    rename(remoteId: string, title: string): Promise<void>;
    archive(remoteId: string): Promise<void>;
    unarchive(remoteId: string): Promise<void>;
    delete(remoteId: string): Promise<void>;
    generateTitle(remoteId: string, messages: readonly ThreadMessage[]): Promise<ReadableStream<TitleChunk>>;
    unstable_useAdapters?: () => { history?: ThreadHistoryAdapter };
  }
}
