// As much of `@ag-ui/client` as this adapter uses, so that it compiles where the framework is not installed. What is
// published names the framework's own types; `npm run typecheck:frameworks` compiles the adapter with those as well.

declare module '@ag-ui/client' {
  export interface Message {
    id: string;
    role: 'developer' | 'system' | 'assistant' | 'user' | 'tool' | 'activity' | 'reasoning';
    [field: string]: unknown;
  }
  export interface BaseEvent {
    type: string;
    [field: string]: unknown;
  }
  export interface Interrupt {
    id: string;
    reason: string;
  }
  export type State = any;
  export interface RunAgentInput {
    threadId: string;
    runId: string;
    messages: Message[];
  }
  export interface AgentSubscriberParams {
    messages: readonly Readonly<Message>[];
    state: Readonly<State>;
    agent: AbstractAgent;
    input: RunAgentInput;
  }
  type Changed = Omit<AgentSubscriberParams, 'input'> & { input?: RunAgentInput };
  type Finished = AgentSubscriberParams &
    (
      | { outcome: 'success'; pendingToolCallIds: string[] }
      | { outcome: 'interrupt'; interrupts: Interrupt[] }
      | { outcome: 'cancelled' }
    );
  export interface AgentSubscriber {
    onRunInitialized?(params: AgentSubscriberParams): void;
    onRunFailed?(params: { error: Error } & AgentSubscriberParams): void;
    onRunFinalized?(params: AgentSubscriberParams): void;
    onEvent?(params: { event: BaseEvent } & AgentSubscriberParams): void;
    onRunFinishedEvent?(params: Finished): void;
    onRunErrorEvent?(params: { event: { message: string } } & AgentSubscriberParams): void;
    onMessagesChanged?(params: Changed): void;
    onStateChanged?(params: Changed): void;
  }
  export abstract class AbstractAgent {
    agentId?: string;
    threadId: string;
    messages: Message[];
    state: State;
    isRunning: boolean;
    pendingInterrupts: Interrupt[];
    subscribe(subscriber: AgentSubscriber): { unsubscribe: () => void };
    abortRun(): void;
    setMessages(messages: Message[]): void;
    setState(state: State): void;
  }
}
