import type { IndexedDBSessionStore } from '../../../index.js';

/** The part of a store that transcripts need, so that a store with any type of `custom` fits. */
export type TranscriptStore = Pick<
  IndexedDBSessionStore<any>,
  'getSnapshot' | 'getHistory' | 'saveSnapshot' | 'getHead' | 'getSession' | 'selectBranch' | 'deleteSession'
>;

/** What the messages of chat frameworks have in common. */
export interface TranscriptMessage {
  id: string;
  role: string;
  parts: readonly unknown[];
}
