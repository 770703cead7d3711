/** What a session's row says if the database syncs. */
export interface SyncedColumns {
  /** The random id of this life of the session, under which servers know it. A session without one was never pushed. */
  incarnation?: string;
  /** How far logs that are appended to are named, flat: log, position, …; what is before it can never change. */
  named?: number[];
  /** Logs up to this number that are not in `named` are closed: nobody appends to them, or cuts them. */
  closed?: number;
  /** Fields that were edited here and not pushed yet, and when, in ms. */
  edited?: Record<string, number>;
  /** The version of each field that a server has told. */
  fields?: Record<string, number>;
}

/** A snapshot or session that has changed, or an incarnation that was deleted. */
export type OutboxKey = [kind: 'snapshot' | 'session' | 'gone', id: string];

/** The version of the change. Of a snapshot that was deleted its session's incarnation; of an incarnation its session's id. */
export type Noted = number | string;
