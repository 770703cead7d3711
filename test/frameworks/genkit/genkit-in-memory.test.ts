import { InMemorySessionStore } from 'genkit/beta';
import { describe, it } from 'vitest';
import { describeSessionStore } from '../../../src/testing/index.js';

// Every entry is a fact about genkit 1.42.0: its case runs and fails. An entry that no longer holds after
// an update of genkit fails this file.
describeSessionStore(
  'Genkit’s InMemorySessionStore',
  (options) => ({ store: new InMemorySessionStore(options) }),
  {
    describe,
    it,
    patienceMs: 250,
    lacks: {
      'blank-ids-refused':
        'an empty id counts as absent, a blank snapshot id as any other, a blank session id has no status',
      'instants-compared': 'compares `createdAt` as strings',
      'ties-to-last-saved': 'keeps the first of equals in the order of first saving',
      'self-parent-repaired': 'stores it, and so loses the turn: the snapshot is its own child',
      'session-kept': 'writes exactly what the mutator returns',
      'session-change-refused': 'writes exactly what the mutator returns',
      'mutator-result-checked': 'spreads whatever it is given into a snapshot',
      'uncloneable-path-named': 'lets the DataCloneError of structuredClone through',
      expiry: 'leaves it to the reader',
      'initial-delivery': 'delivers later writes only',
      'independent-watchers':
        'calls them in a bare loop over the list that unsubscribing splices, by function',
      'watcher-errors-reported': 'the save rejects with them instead',
      pruning: 'has no such option',
      tenancy: 'ignores the context',
      'shared-data': 'its data is the object itself',
    },
  },
);
