import { create, type ReactTestRenderer } from 'react-test-renderer';
import type { Root } from './page.js';

/** React 18 draws as older ones did unless it is told. */
const asInPages = { unstable_isConcurrent: true };

/** Draws where there is no document. */
export function makeRoot(): Root {
  let root: ReactTestRenderer | undefined;
  return {
    render(element) {
      if (root) root.update(element as never);
      else root = create(element as never, asInPages as never);
    },
    unmount: () => root?.unmount(),
  };
}
