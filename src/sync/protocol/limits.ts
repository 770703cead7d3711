const KIB = 1024;
const MIB = 1024 * KIB;

/** What a request may hold. A server may ask for less; `GET /` says what it takes. */
export interface Limits {
  /** Bytes of a request's body. */
  requestBytes: number;
  /** Rows of a push: each entry, snapshot, field and delete is one. */
  requestRows: number;
  /** Bytes of the JSON of one body, or of one value of a field; a larger body goes as media. */
  valueBytes: number;
  /** Bytes of one part of a medium. */
  partBytes: number;
  /** Bytes that a tenant may have on the server. */
  tenantBytes: number;
  /** Requests of a tenant in a minute, for each process. */
  requestsPerMinute: number;
  /** Streams and held answers of a tenant at one time, for each process. */
  waiting: number;
}

export const LIMITS: Limits = {
  // Functions refuse 4.5 MB.
  requestBytes: 4_000_000,
  requestRows: 2_000,
  valueBytes: 256 * KIB,
  partBytes: MIB,
  tenantBytes: 1024 * MIB,
  requestsPerMinute: 1_200,
  waiting: 100,
};

/** Bytes of an id, a log's name, a digest or a field's name, in UTF-8 and escaped as in JSON. An index holds no longer keys. */
export const ID_BYTES = 512;

/** Lists and objects inside each other in one line. */
export const DEPTH = 100;

/** Bytes of all fields of a session together, and of the spans of a snapshot: what one column may hold. */
export const COLUMN_BYTES = MIB;

/** Seconds that an answer may be held. */
export const LONGEST_WAIT = 25;
