// As much of `@tanstack/ai-client` as this adapter uses, so that it compiles where the framework is not installed. What
// is published names the framework's own types; `npm run typecheck:frameworks` compiles the adapter with those as well.

declare module '@tanstack/ai-client' {
  export interface UIMessage {
    id: string;
    role: 'system' | 'user' | 'assistant';
    parts: { type: string; [field: string]: unknown }[];
    createdAt?: Date;
  }

  export interface ChatPersistedState {
    messages: UIMessage[];
    resume?: { resumeState: { threadId: string; runId: string } };
  }
}
