// As much of `ai` as this adapter uses, so that it compiles where the framework is not installed. What is published
// names the framework's own types; `npm run typecheck:frameworks` compiles the adapter with those as well.

declare module 'ai' {
  export interface UIMessage {
    id: string;
    role: 'system' | 'user' | 'assistant';
    metadata?: unknown;
    parts: { type: string; [field: string]: unknown }[];
  }

  export type ChatOnFinishCallback<M extends UIMessage> = (options: {
    message: M;
    messages: M[];
    isAbort: boolean;
    isDisconnect: boolean;
    isError: boolean;
    finishReason?: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';
  }) => void;

  export interface ChatInit<M extends UIMessage> {
    id?: string;
    messages?: M[];
    onFinish?: ChatOnFinishCallback<M>;
  }
}
