// As much of `ai` as this adapter uses, so that it compiles where the framework is not installed. What is published
// names the framework's own types; `npm run typecheck:frameworks` compiles the adapter with those as well.

declare module 'ai' {
  export interface UIMessage {
    id: string;
    role: 'system' | 'user' | 'assistant';
    metadata?: unknown;
    parts: { type: string; [field: string]: unknown }[];
  }

  type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';

  export type UIMessageChunk =
    | { type: 'start'; messageId?: string; messageMetadata?: unknown }
    | { type: 'text-delta'; id: string; delta: string }
    | { type: 'finish'; finishReason?: FinishReason; messageMetadata?: unknown }
    | { type: 'error'; errorText: string }
    | { type: 'abort'; reason?: string };

  export type ChatOnFinishCallback<M extends UIMessage> = (options: {
    message: M;
    messages: M[];
    isAbort: boolean;
    isDisconnect: boolean;
    isError: boolean;
    finishReason?: FinishReason;
  }) => void;

  export interface ChatTransport<M extends UIMessage> {
    sendMessages(options: {
      trigger: 'submit-message' | 'regenerate-message';
      chatId: string;
      messageId: string | undefined;
      messages: M[];
      abortSignal: AbortSignal | undefined;
    }): Promise<ReadableStream<UIMessageChunk>>;
    reconnectToStream(options: { chatId: string }): Promise<ReadableStream<UIMessageChunk> | null>;
  }

  export interface ChatInit<M extends UIMessage> {
    id?: string;
    messages?: M[];
    transport?: ChatTransport<M>;
    onFinish?: ChatOnFinishCallback<M>;
  }
}
