import type { AbstractAgent, AgentSubscriber, RunAgentInput } from '@ag-ui/client';
import { dequal } from 'dequal';
import { SessionStoreError, type ListOptions, type SessionSnapshot } from '../../index.js';
import { callSafely } from '../../platform/browser.js';
import { KeyedQueue } from '../../runtime/queue.js';
import { requireId, requireValid } from '../../values/arguments.js';
import { callable, optional, satisfying } from '../../values/schema.js';
import { copyOf } from '../shared/copy.js';
import { followHead } from '../shared/follow-head.js';
import { LiveTurn } from '../shared/live-turn.js';
import { Run } from './run.js';
import { asState, branchPointOf, threadStateOf } from './thread-state.js';
import type { SavedRun, ShownThread, ThreadInfo, Threads, ThreadsStore } from './threads.js';

const agentLike = satisfying(
  (value) => typeof value?.setMessages === 'function' && typeof value.setState === 'function',
  'an agent of @ag-ui/client, such as new HttpAgent()',
);

export class SavedThreads implements Threads {
  readonly subscriber: AgentSubscriber;
  readonly #store: ThreadsStore;
  readonly #onError: (error: unknown) => void;
  /** The snapshots that agents here have or had last, by thread. */
  readonly #at = new Map<string, SessionSnapshot | undefined>();
  /** Runs whose end is not saved yet, by run id. */
  readonly #runs = new Map<string, Run>();
  /** By thread, so that each step sees the snapshot that the previous one saved. */
  readonly #queue = new KeyedQueue();

  constructor(store: ThreadsStore, hasEvents: boolean, onError: (error: unknown) => void) {
    this.#store = store;
    this.#onError = onError;
    this.subscriber = this.#subscriber(hasEvents);
  }

  async list(options: ListOptions = {}): Promise<{ threads: ThreadInfo[]; cursor?: string | undefined }> {
    const { sessions, cursor } = await this.#store.listSessions(options);
    const threads = sessions.map(({ sessionId, ...info }) => ({ threadId: sessionId, ...info }));
    return { threads, ...(cursor !== undefined && { cursor }) };
  }

  async load(agent: AbstractAgent, threadId?: string): Promise<ShownThread> {
    requireIdle(agent);
    const id = threadId ?? agent.threadId;
    requireId(id, 'threadId');
    return this.#queue.run(id, async () => this.#give(agent, id, await this.#readHead(id)));
  }

  async show(agent: AbstractAgent, snapshotId: string): Promise<ShownThread> {
    requireIdle(agent);
    requireId(snapshotId, 'snapshotId');
    const snapshot = await this.#store.getSnapshot({ snapshotId });
    if (!snapshot) {
      const problem = `there is no snapshot ${snapshotId}. Load the thread by its id`;
      throw new SessionStoreError('NOT_FOUND', problem, 'snapshotId');
    }
    threadStateOf(snapshot);
    await this.#store.selectBranch(snapshotId);
    const threadId = snapshot.sessionId!;
    return this.#queue.run(threadId, async () => this.#give(agent, threadId, snapshot));
  }

  watch(agent: AbstractAgent, callback?: (shown: ShownThread) => void): () => void {
    requireValid(agentLike, agent, 'agent');
    requireValid(optional(callable), callback, 'callback');
    const { threadId } = agent;
    requireId(threadId, 'agent.threadId');
    let last = this.#at.get(threadId);
    let isOver = false;
    const look = async () => {
      if (isOver || agent.threadId !== threadId || agent.isRunning || this.#isBusy(threadId)) return;
      const head = await follow.read();
      const isSame = head?.snapshotId === last?.snapshotId && head?.status === last?.status;
      if (isSame && dequal(head?.state, last?.state)) return;
      // Meanwhile it may have begun to run.
      if (isOver || agent.isRunning || this.#isBusy(threadId)) return;
      last = head;
      const { messages, custom = {} } = threadStateOf(head);
      const isShown = dequal(agent.messages, messages) && dequal(agent.state, custom);
      if (isShown && this.#at.get(threadId)?.status === head?.status) return;
      const shown = this.#give(agent, threadId, head, true);
      if (callback) callSafely(callback, shown);
    };
    const follow = followHead(this.#store, threadId, () => void this.#later(threadId, look));
    return () => {
      isOver = true;
      follow.end();
    };
  }

  async runs(threadId: string): Promise<SavedRun[]> {
    requireId(threadId, 'threadId');
    const head = await this.#store.getHead(threadId);
    const path = head ? await this.#store.getHistory(head.snapshotId) : [];
    const runs: SavedRun[] = [];
    for (const { snapshotId } of path) {
      const snapshot = await this.#store.getSnapshot({ snapshotId });
      // It may have been deleted meanwhile.
      if (!snapshot) continue;
      const { agUi }: SessionSnapshot & { agUi?: { runId: string } } = snapshot;
      const events = copyOf(threadStateOf(snapshot).events ?? [], 'events');
      runs.push({ snapshotId, runId: agUi?.runId, status: snapshot.status, events });
    }
    return runs;
  }

  async settled(): Promise<void> {
    // An agent tells of a run's end a moment after `runAgent` has resolved.
    await new Promise((resolve) => setTimeout(resolve));
    await this.#queue.done();
  }

  /** Nothing that fails here reaches the agent, and nothing makes it wait. */
  #subscriber(hasEvents: boolean): AgentSubscriber {
    const told = (input: RunAgentInput | undefined, work: (run: Run) => void) => {
      const run = input && this.#runs.get(input.runId);
      if (run) this.#try(() => work(run));
    };
    return {
      onRunInitialized: (params) =>
        this.#try(() => {
          const run = new Run(params, hasEvents);
          this.#runs.set(run.runId, run);
          this.#begin(run);
        }),
      onEvent: ({ input, event }) =>
        told(input, (run) => {
          run.hear(event);
          this.#update(run);
        }),
      onMessagesChanged: ({ input, messages, state }) =>
        told(input, (run) => {
          run.change(messages, state);
          this.#update(run);
        }),
      onStateChanged: ({ input, messages, state }) =>
        told(input, (run) => {
          run.change(messages, state);
          this.#update(run);
        }),
      onRunFinishedEvent: (params) => told(params.input, (run) => run.finish(params)),
      onRunErrorEvent: ({ input, event }) => told(input, (run) => run.fail(event)),
      onRunFailed: ({ input, error }) => told(input, (run) => run.fail(error)),
      onRunFinalized: ({ input, messages, state }) =>
        told(input, (run) => {
          run.change(messages, state);
          void this.#later(run.threadId, () => this.#close(run));
        }),
    };
  }

  /** Begins to save a run if it has a question, or anything else, that is not stored. */
  #begin(run: Run): void {
    let turn: LiveTurn | undefined;
    const begun = this.#later(run.threadId, async () => {
      const base = threadStateOf(await this.#atOf(run.threadId));
      if (run.isNewTo(base)) turn = await this.#start(run);
      else run.base = base;
    });
    run.turn = begun.then(() => turn);
  }

  async #start(run: Run): Promise<LiveTurn> {
    const { threadId, runId, agent } = run;
    const state = run.draw();
    const parent = await branchPointOf(this.#store, await this.#atOf(threadId), state.messages);
    const turn = await LiveTurn.begin(
      this.#store,
      {
        sessionId: threadId,
        ...(parent && { parentId: parent.snapshotId }),
        state: asState(state),
        agUi: { runId, ...(agent.agentId !== undefined && { agentId: agent.agentId }) },
      },
      { onError: (error) => this.#tell(error), onTaken: () => this.#try(() => agent.abortRun()) },
    );
    this.#at.set(threadId, turn.snapshot);
    return turn;
  }

  #update(run: Run): void {
    if (run.base && run.isNewTo(run.base)) {
      run.base = undefined;
      this.#begin(run);
    }
    void this.#grow(run);
  }

  async #grow(run: Run): Promise<void> {
    const turn = await run.turn;
    turn?.update(() => asState(run.draw()));
  }

  async #close(run: Run): Promise<void> {
    try {
      let turn = await run.turn;
      if (!turn) {
        if (run.base && !run.isNewTo(run.base)) return;
        turn = await this.#start(run);
      }
      let state = turn.snapshot.state!;
      this.#try(() => (state = asState(run.draw())));
      const ended = await turn.end(run.end, state);
      const { snapshotId } = turn.snapshot;
      this.#at.set(run.threadId, ended ?? (await this.#store.getSnapshot({ snapshotId })));
    } finally {
      this.#runs.delete(run.runId);
    }
  }

  #isBusy(threadId: string): boolean {
    return [...this.#runs.values()].some((run) => run.threadId === threadId);
  }

  async #atOf(threadId: string): Promise<SessionSnapshot | undefined> {
    return this.#at.has(threadId) ? this.#at.get(threadId) : this.#readHead(threadId);
  }

  async #readHead(threadId: string): Promise<SessionSnapshot | undefined> {
    const head = await this.#store.getHead(threadId);
    return head && this.#store.getSnapshot({ snapshotId: head.snapshotId });
  }

  #give(
    agent: AbstractAgent,
    threadId: string,
    snapshot: SessionSnapshot | undefined,
    wasThere = false,
  ): ShownThread {
    const { messages, custom = {}, interrupts = [] } = copyOf(threadStateOf(snapshot), 'state');
    this.#at.set(threadId, snapshot);
    // A thread that has just begun keeps what its agent begins with.
    if (snapshot || wasThere || agent.threadId !== threadId) {
      agent.threadId = threadId;
      agent.pendingInterrupts = interrupts;
      agent.setMessages(messages);
      agent.setState(custom);
    }
    const shown = { snapshotId: snapshot?.snapshotId, status: snapshot?.status };
    return { threadId, ...shown, messages: agent.messages, state: agent.state };
  }

  /** Runs work after all before it of the same thread, and tells its error. */
  #later(threadId: string, work: () => Promise<void>): Promise<void> {
    return this.#queue.run(threadId, async () => {
      try {
        await work();
      } catch (error) {
        this.#tell(error);
      }
    });
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#tell(error);
    }
  }

  #tell(error: unknown): void {
    callSafely(this.#onError, error);
  }
}

function requireIdle(agent: AbstractAgent): void {
  requireValid(agentLike, agent, 'agent');
  if (!agent.isRunning) return;
  throw new SessionStoreError(
    'FAILED_PRECONDITION',
    'agent: it runs. Wait for its run, or call await agent.detachActiveRun() first',
    'agent',
  );
}
