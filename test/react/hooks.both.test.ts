import { afterEach, beforeEach, vi } from 'vitest';
import { inChromium } from '../environment.js';
import { TestLockManager } from '../stand-ins/lock-manager.js';
import { describeErrors } from './errors.js';
import { expectNoComplaints } from './page.js';
import { describeUseSession } from './session.js';
import { describeUseSessions } from './sessions.js';
import { describeSharing } from './sharing.js';
import { describeUseSnapshot } from './snapshot.js';
import { describeSuspense } from './suspense.js';

// What draws there is loaded there alone.
const { makeRoot } = await (inChromium ? import('./dom-root.js') : import('./test-root.js'));

if (!inChromium) {
  // Not every Node has locks.
  beforeEach(() => void vi.stubGlobal('navigator', { locks: new TestLockManager() }));
  afterEach(() => void vi.unstubAllGlobals());
}

expectNoComplaints();
describeUseSessions(makeRoot);
describeUseSession(makeRoot);
describeUseSnapshot(makeRoot);
describeErrors(makeRoot);
describeSharing(makeRoot);
describeSuspense(makeRoot);
