import type { AgentSubscriber, BaseEvent, Interrupt, Message, State } from '@ag-ui/client';
import { dequal } from 'dequal';
import { copyOf } from '../shared/copy.js';
import type { LiveTurn, TurnEnd } from '../shared/live-turn.js';
import { addEvent } from './events.js';
import { beginsWith, type ThreadState } from './thread-state.js';

type Params<K extends keyof AgentSubscriber> = Parameters<NonNullable<AgentSubscriber[K]>>[0];

const ABORTED: TurnEnd = { status: 'aborted', finishReason: 'aborted' };

/** A run of an agent, as its subscriber hears of it. */
export class Run {
  readonly threadId: string;
  readonly runId: string;
  readonly agent: Params<'onRunInitialized'>['agent'];
  /** The turn that it is saved as; `undefined` until it brings something new. */
  turn: Promise<LiveTurn | undefined> | undefined;
  /** What is stored, if the run has brought nothing new to that yet. */
  base: ThreadState | undefined;
  #messages: readonly Message[];
  #state: State;
  /** Without the option, no events. */
  readonly #events: BaseEvent[] | undefined;
  #interrupts: Interrupt[] = [];
  #end: TurnEnd | undefined;

  constructor({ agent, input, messages, state }: Params<'onRunInitialized'>, hasEvents: boolean) {
    this.threadId = input.threadId;
    this.runId = input.runId;
    this.agent = agent;
    this.#messages = copyOf(messages, 'messages');
    this.#state = copyOf(state, 'state');
    this.#events = hasEvents ? [] : undefined;
  }

  /** What is to be saved, as it is now. */
  readonly draw = (): ThreadState => {
    const [messages, custom] = copyOf([[...this.#messages], this.#state] as const, 'run');
    return {
      messages: [...messages],
      ...(custom !== undefined && { custom }),
      ...(this.#events && { events: [...this.#events] }),
      ...(this.#interrupts.length > 0 && { interrupts: copyOf(this.#interrupts, 'interrupts') }),
    };
  };

  /** Whether there is anything that a snapshot does not have. */
  isNewTo(saved: ThreadState): boolean {
    return (
      !beginsWith(saved.messages, this.#messages) ||
      (this.#messages.length === saved.messages.length && !dequal(this.#state, saved.custom ?? {}))
    );
  }

  hear(event: BaseEvent): void {
    if (this.#events) addEvent(this.#events, copyOf(event, 'event'));
  }

  change(messages: readonly Message[], state: State): void {
    this.#messages = messages;
    this.#state = state;
  }

  finish(params: Params<'onRunFinishedEvent'>): void {
    if (params.outcome === 'cancelled') {
      this.#end = ABORTED;
      return;
    }
    if (params.outcome === 'interrupt') this.#interrupts = params.interrupts;
    const waits = params.outcome === 'interrupt' || params.pendingToolCallIds.length > 0;
    this.#end = { status: 'completed', finishReason: waits ? 'interrupted' : 'stop' };
  }

  fail(error: unknown): void {
    const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
    const text = typeof message === 'string' ? message : String(error);
    this.#end ??=
      name === 'AbortError'
        ? ABORTED
        : { status: 'failed', finishReason: 'failed', error: { message: text } };
  }

  /** A run that tells no end was left in the middle. */
  get end(): TurnEnd {
    return this.#end ?? ABORTED;
  }
}
