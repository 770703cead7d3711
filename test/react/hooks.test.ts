import { afterEach, beforeEach, vi } from 'vitest';
import { TestLockManager } from '../unit/lock-manager.js';
import { describeHooks } from './hooks.js';
import { makeRoot } from './test-root.js';

// Not every Node has locks.
beforeEach(() => void vi.stubGlobal('navigator', { locks: new TestLockManager() }));
afterEach(() => void vi.unstubAllGlobals());

describeHooks(makeRoot);
