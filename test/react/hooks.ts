import { describeErrors } from './errors.js';
import { expectNoComplaints, type MakeRoot } from './page.js';
import { describeUseSession } from './session.js';
import { describeUseSessions } from './sessions.js';
import { describeSharing } from './sharing.js';
import { describeUseSnapshot } from './snapshot.js';
import { describeSuspense } from './suspense.js';

/** Run in Node and in Chromium, with whatever draws there. */
export function describeHooks(makeRoot: MakeRoot): void {
  expectNoComplaints();
  describeUseSessions(makeRoot);
  describeUseSession(makeRoot);
  describeUseSnapshot(makeRoot);
  describeErrors(makeRoot);
  describeSharing(makeRoot);
  describeSuspense(makeRoot);
}
