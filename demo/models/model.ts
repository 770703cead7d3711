import type { Message } from 'offshoot';

export interface AnswerRequest {
  /** The branch, the new prompt last. */
  messages: readonly Message[];
  /** How many other answers the same parent has already. */
  attempt: number;
  signal: AbortSignal;
}

/** Something that answers. */
export interface Model {
  id: string;
  label: string;
  /** Piece by piece. Ends, or throws the signal's reason, soon after the signal fires; throws what went wrong. */
  answer(request: AnswerRequest): AsyncIterable<string>;
}
