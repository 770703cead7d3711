import type { Turn } from '../variant.js';

/** A turn as it goes to the worker: what is new, as JSON. */
export type SavedTurn = Omit<Turn, 'added' | 'state'> & { length: number; added: string[] };

/** What the worker can be asked for, with one argument each. */
export interface Calls {
  open(relaxed: boolean): Promise<void>;
  save(turn: SavedTurn): void;
  /** The messages of the session's latest state as one JSON text. */
  readLatest(sessionId: string): string | undefined;
  living(): { rows: number; bytes: number };
  close(): void;
}

export interface Call {
  number: number;
  name: keyof Calls;
  argument: unknown;
}

export interface Answer {
  number: number;
  value?: unknown;
  error?: string;
}
