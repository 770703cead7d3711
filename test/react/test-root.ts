import { create, type ReactTestRenderer } from 'react-test-renderer';
import type { Root } from './page.js';

/** Draws where there is no document. */
export function makeRoot(): Root {
  let root: ReactTestRenderer | undefined;
  return {
    render(element) {
      if (root) root.update(element as never);
      else root = create(element as never);
    },
    unmount: () => root?.unmount(),
  };
}
