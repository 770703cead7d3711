import type { Request } from '../page/phase.js';

/** A page of the bench in a browser. */
export interface Tab {
  run(phase: string, request: Request): Promise<{ value: unknown } | { notOffered: string }>;
  close(): Promise<void>;
  /** Ends its process, where that can be asked for. Resolves to the time of the wish. */
  crash: (() => Promise<number>) | undefined;
}

export interface Browser {
  version: string;
  /** A fresh page, loaded and ready to run phases. */
  open(url: string): Promise<Tab>;
  close(): Promise<void>;
}

/** What the bench needs of a browser, whoever drives it. */
export interface Engine {
  name: string;
  /** What it keeps IndexedDB in. */
  backend: 'LevelDB' | 'SQLite';
  /** Starts it on a profile folder, a new one or one from before. */
  start(profile: string): Promise<Browser>;
  /** The size of all files in which it keeps the profile's IndexedDB. */
  diskBytes(profile: string): number;
}
