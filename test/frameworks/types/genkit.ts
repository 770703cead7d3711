// Proves, at compile time, that Offshoot's structural types and Genkit's own are assignable both ways.
import type * as genkit from 'genkit/beta';
import type * as offshoot from '../../../src/index.js';

interface Custom {
  topic: string;
}

export const snapshotToGenkit = (value: offshoot.SessionSnapshot<Custom>): genkit.SessionSnapshot<Custom> =>
  value;
export const snapshotFromGenkit = (value: genkit.SessionSnapshot<Custom>): offshoot.SessionSnapshot<Custom> =>
  value;
export const inputToGenkit = (
  value: offshoot.SessionSnapshotInput<Custom>,
): genkit.SessionSnapshotInput<Custom> => value;
export const inputFromGenkit = (
  value: genkit.SessionSnapshotInput<Custom>,
): offshoot.SessionSnapshotInput<Custom> => value;
export const mutatorToGenkit = (value: offshoot.SnapshotMutator<Custom>): genkit.SnapshotMutator<Custom> =>
  value;
export const mutatorFromGenkit = (value: genkit.SnapshotMutator<Custom>): offshoot.SnapshotMutator<Custom> =>
  value;
export const storeToGenkit = (value: offshoot.SessionStore<Custom>): genkit.SessionStore<Custom> => value;
export const storeFromGenkit = (value: genkit.SessionStore<Custom>): offshoot.SessionStore<Custom> => value;
export const ourStore = (value: offshoot.IndexedDBSessionStore<Custom>): genkit.SessionStore<Custom> => value;
