export type FieldResult =
  | { seq: number } /** A later edit won: what it says, and its `seq`. */
  | { lost: true; value?: unknown; seq: number };

/** A line that was done, now or earlier. */
export interface Done {
  line: number;
  /** Of the row that the line is about; of a list of entries, the last one's. */
  seq: number;
  /** Of a session's line: how each field went. */
  fields?: Record<string, FieldResult>;
  /** The name that the server knows an incarnation by, if that is another than the line's. */
  session?: string;
}

export type Refusal =
  /** The snapshot was changed by somebody else. Who had sent `digest` itself, without an answer, pushes again with `saw: seq`. */
  | { refused: 'conflict'; seq: number; digest: string; status?: string }
  /** The id is that of another living incarnation. */
  | { refused: 'taken'; incarnation: string }
  /** It was deleted. `whole`: all of the session, by somebody who saw it up to `saw`; otherwise the snapshot only. */
  | { refused: 'gone'; seq: number; whole: boolean; saw?: number }
  /** Another entry has this name: this profile is a copy. `at`: the first such position. */
  | { refused: 'copied'; at: number; digest: string }
  /** Needs what is not here: the session, the entries at `spans`, or media. */
  | { refused: 'missing'; session?: true; spans?: (string | number)[]; media?: string[] }
  | { refused: 'invalid'; path: string; message: string }
  | { refused: 'too-large'; path: string; bytes: number; limit: number }
  /** The tenant may not have more; deletes still pass. */
  | { refused: 'full'; bytes: number; limit: number }
  /** The line, or the row here that it would change, has a later format than the other side knows. */
  | { refused: 'newer'; format: number };

export type Refused = { line: number } & Refusal;

/** One for each line after the head, which is line 0. */
export type PushResult = Done | Refused;

/** The last line of the answer. Without it the answer was cut. */
export interface PushEnd {
  end: true;
  /** The server's time. */
  now: number;
  generation: string;
  /** Where the feed stood before this push, and where it stands after it: who was there is here without asking. */
  before: string;
  cursor: string;
  /** The same for each session that the push changed: its `seq` before (0: it was not there) and after. */
  sessions: Record<string, [before: number, after: number]>;
}

export const isPushEnd = (line: PushResult | PushEnd): line is PushEnd => 'end' in line;
export const isRefused = (result: PushResult): result is Refused => 'refused' in result;
