/** One immutable element of a log, in memory. */
export interface Entry {
  /** The log and the position in it. */
  log: number;
  at: number;
  /** With its media in place. Never given to an application, since states share it. */
  value: unknown;
  /** Approximate, in bytes, without media. */
  size: number;
  /** The media inside the value, which are entries themselves. */
  media: { path: string[]; entry: Entry }[];
  /** No object occurs twice in it, and all objects and arrays are as literals make them. */
  isPlain: boolean;
  /**
   * The application's own object that was found equal and is deeply frozen: it stays equal, so that it need not be
   * compared again.
   */
  twin?: object;
  /** Its fingerprint, once computed. */
  print?: unknown;
}
