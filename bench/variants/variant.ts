import type { Message } from 'offshoot';

/** The cumulative state of a conversation after a turn. */
export interface State {
  sessionId: string;
  messages: Message[];
}

/** What an application has in hand when a turn ends. */
export interface Turn {
  sessionId: string;
  snapshotId: string;
  parentId: string | undefined;
  /** How many snapshots the session had before. */
  order: number;
  /** How many ancestors the snapshot has. Equal to `order` as long as nobody branches. */
  depth: number;
  createdAt: string;
  /** The turn is not over yet. */
  pending?: true;
  /** The messages that this turn added at the end of `state.messages`. */
  added: Message[];
  state: State;
}

/** Saving a conversation turn by turn, and reopening it. */
export interface ChatStore {
  /** Every save writes the whole state. */
  savesWhole?: true;
  /** What the application does with a turn in any case, before it saves it: not timed. */
  prepare?(turn: Turn): void;
  /** Saves a turn, also one that was saved before: then it replaces that. */
  save(turn: Turn): Promise<void>;
  /** The state after the latest turn of the session. */
  readLatest(sessionId: string): Promise<State | undefined>;
}

/** Small rows that many change at once: a count, beside some 200 bytes that stay. */
export interface CounterStore {
  create(ids: string[]): Promise<void>;
  /** One atomic read-modify-write: adds one. */
  add(id: string): Promise<void>;
  /** The same for many at once, where an application would coalesce by hand. */
  addAll?(ids: string[]): Promise<void>;
  count(id: string): Promise<number>;
}

/** Large values that are no conversations. */
export interface ValueStore {
  /** The next state of what has this id. */
  save(id: string, value: Record<string, unknown>): Promise<void>;
  read(id: string): Promise<Record<string, unknown> | undefined>;
}

/** Telling other tabs. */
export interface DeliveryStore {
  /** Calls back with the row's number, once this tab holds the whole row, after writes of any tab. */
  watch(id: string, callback: (number: number) => void): Promise<void>;
  write(id: string, number: number, text: string): Promise<void>;
}

/** Turns that a tab is at, and that others see end if that tab is lost. */
export interface TurnStore {
  /** From now on this tab is at it. */
  begin(id: string): Promise<void>;
  /** Calls back when the tab that is at it is lost. */
  watch(id: string, lost: () => void): Promise<void>;
  /** Whether a tab is at it. */
  isRunning(id: string): Promise<boolean>;
}

export interface SessionSeed {
  id: string;
  title: string;
  updatedAt: string;
}

export interface SessionList {
  fill(seeds: SessionSeed[]): Promise<void>;
  /** Latest activity first. */
  page(limit: number, cursor: unknown): Promise<{ ids: string[]; cursor: unknown }>;
}

/** One way to store conversations in IndexedDB. What it cannot do at all, it does not have. */
export interface Variant {
  open(): Promise<void>;
  /** Resolves when work that was put off, compaction above all, is done. */
  settle?(): Promise<void>;
  close(): Promise<void>;
  /** Puts small rows together, where that is done at all. */
  compact?(): Promise<void>;
  /** The rows that are kept, if not in IndexedDB. */
  living?(): Promise<{ rows: number; bytes: number }>;
  chat?: ChatStore;
  counters?: CounterStore;
  deliveries?: DeliveryStore;
  turns?: TurnStore;
  values?: ValueStore;
  sessions?: SessionList;
}

/** Every file beside this one exports `create`. */
export interface VariantModule {
  create(): Variant;
}

/** Thrown by a variant that cannot do what a workload asks. The table prints the reason. */
export class NotOffered extends Error {}
