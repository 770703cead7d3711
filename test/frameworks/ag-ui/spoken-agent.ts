import { AbstractAgent, EventType, type BaseEvent, type RunAgentInput } from '@ag-ui/client';
import { Subject, type Observable } from 'rxjs';

/** An agent whose server says what the test makes it say. */
export class SpokenAgent extends AbstractAgent {
  readonly inputs: RunAgentInput[] = [];
  #events = new Subject<BaseEvent>();

  override run(input: RunAgentInput): Observable<BaseEvent> {
    this.inputs.push(input);
    this.#events = new Subject();
    return this.#events;
  }

  override abortRun(): void {
    this.#events.error(new DOMException('stopped', 'AbortError'));
  }

  say(...events: object[]): void {
    for (const event of events) this.#events.next(event as BaseEvent);
  }

  /** Begins the run, and an answer. */
  begin(text: string, messageId: string): void {
    const { threadId, runId } = this.inputs.at(-1)!;
    this.say(
      { type: EventType.RUN_STARTED, threadId, runId },
      { type: EventType.TEXT_MESSAGE_START, messageId, role: 'assistant' },
    );
    this.go(text, messageId);
  }

  go(delta: string, messageId: string): void {
    this.say({ type: EventType.TEXT_MESSAGE_CONTENT, messageId, delta });
  }

  end(messageId: string, outcome?: object): void {
    const { threadId, runId } = this.inputs.at(-1)!;
    this.say(
      { type: EventType.TEXT_MESSAGE_END, messageId },
      { type: EventType.RUN_FINISHED, threadId, runId, ...(outcome && { outcome }) },
    );
    this.#events.complete();
  }

  fail(message: string): void {
    this.say({ type: EventType.RUN_ERROR, message });
    this.#events.complete();
  }
}
