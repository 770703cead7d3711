import { create, type ReactTestRenderer } from 'react-test-renderer';
import { afterEach, beforeEach, vi } from 'vitest';
import { TestLockManager } from '../unit/lock-manager.js';
import { describeHooks } from './hooks.js';

// Not every Node has locks.
beforeEach(() => void vi.stubGlobal('navigator', { locks: new TestLockManager() }));
afterEach(() => void vi.unstubAllGlobals());

describeHooks(() => {
  let root: ReactTestRenderer | undefined;
  return {
    render(element) {
      if (root) root.update(element as never);
      else root = create(element as never);
    },
    unmount: () => root?.unmount(),
  };
});
