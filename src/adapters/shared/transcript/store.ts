import type { IndexedDBSessionStore, SessionStore } from '../../../index.js';

/** The part of a store that transcripts need, so that a store with any type of `custom` fits. */
export type TranscriptStore = Pick<
  IndexedDBSessionStore<any>,
  'getSnapshot' | 'getHistory' | 'getHead' | 'getSession' | 'selectBranch' | 'deleteSession'
> &
  Pick<SessionStore<any>, 'saveSnapshot'>;

/** What the messages of chat frameworks have in common. */
export interface TranscriptMessage {
  id: string;
  role: string;
  parts: readonly unknown[];
}
