/** A tab, at the page it was opened on. */
export interface Tab {
  /** Runs a function in the page. It sees nothing but its argument; that and its result are JSON, or `undefined`. */
  evaluate<Argument, Result>(
    action: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
  reload(): Promise<void>;
  close(): Promise<void>;
  /** Ends its process, where that can be asked for. Resolves to the time of the wish. */
  crash?(): Promise<number>;
}

export interface Browser {
  version: string;
  /** A new tab, in front of the others. Resolves when the page has loaded. */
  open(url: string): Promise<Tab>;
  close(): Promise<void>;
}

/** What tests and benchmarks need of a browser, whoever drives it. */
export interface Engine {
  name: string;
  /** What it keeps IndexedDB in. */
  backend: 'LevelDB' | 'SQLite';
  /** Starts it on a profile folder, a new one or one from before. */
  start(profile: string): Promise<Browser>;
  /** The folder of a profile in which the databases of all origins lie. */
  databases(profile: string): string;
}
