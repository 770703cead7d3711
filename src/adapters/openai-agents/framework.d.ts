// As much of `@openai/agents-core` as this adapter uses, so that it compiles where the framework is not installed. What
// is published names the framework's own types; `npm run typecheck:frameworks` compiles the adapter with those as well.

declare module '@openai/agents-core' {
  interface FunctionCallItem {
    type: 'function_call';
    callId: string;
    name: string;
    arguments: string;
  }
  interface MessageItem {
    type?: 'message';
    role: 'system' | 'user' | 'assistant';
    content: unknown;
  }
  export type AgentInputItem = FunctionCallItem | MessageItem;

  export interface SessionHistoryMutation {
    type: 'replace_function_call';
    callId: string;
    replacement: FunctionCallItem;
  }
  export interface SessionHistoryRewriteArgs {
    mutations: SessionHistoryMutation[];
  }
  export type SessionHistoryTransaction =
    | { type: 'append_items'; items: AgentInputItem[] }
    | { type: 'replace_suffix'; expectedSuffix: AgentInputItem[]; replacement: AgentInputItem[] };
  export interface SessionHistoryTransactionArgs {
    operationId: string;
    transaction: SessionHistoryTransaction;
  }

  export interface RunContext<T = unknown> {
    context: T;
  }

  interface Session {
    getSessionId(): Promise<string>;
    getItems(limit?: number): Promise<AgentInputItem[]>;
    addItems(items: AgentInputItem[]): Promise<void>;
    replaceHistoryWithCompaction?(items: AgentInputItem[]): Promise<void>;
    popItem(): Promise<AgentInputItem | undefined>;
    clearSession(): Promise<void>;
  }
  export interface RunContextAwareSession<T = unknown> extends Session {
    readonly acceptsRunContext: true;
    getItems(limit?: number, runContext?: RunContext<T>): Promise<AgentInputItem[]>;
    addItems(items: AgentInputItem[], runContext?: RunContext<T>): Promise<void>;
    replaceHistoryWithCompaction?(items: AgentInputItem[], runContext?: RunContext<T>): Promise<void>;
    popItem(runContext?: RunContext<T>): Promise<AgentInputItem | undefined>;
    clearSession(runContext?: RunContext<T>): Promise<void>;
  }
  export interface SessionHistoryRewriteAwareSession extends Session {
    applyHistoryMutations(args: SessionHistoryRewriteArgs): Promise<void> | void;
  }
  export interface SessionHistoryTransactionAwareSession extends Session {
    applyHistoryTransaction(
      args: SessionHistoryTransactionArgs,
      runContext?: RunContext<any>,
    ): Promise<void> | void;
  }
}
