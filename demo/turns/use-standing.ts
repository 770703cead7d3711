import { useEffect, useRef } from 'react';
import type { SessionTree } from 'offshoot';
import { addressNow, go, hrefOf } from '../app/address.js';
import { followed } from './branch.js';
import { hasDraft } from './drafts.js';
import { useRunner } from './use-runner.js';

/**
 * The snapshot that this tab stands at: what its address names, at first the session's head. Other tabs may stand
 * elsewhere. Who stands at the end of a branch goes along when it is continued, from whichever tab, unless they are
 * writing something.
 */
export function useStanding(
  sessionId: string,
  tree: SessionTree | undefined,
  at: string | undefined,
): string | undefined {
  const runner = useRunner();
  const before = useRef<SessionTree>(undefined);
  const isThere = at !== undefined && (tree?.nodes.has(at) || runner.live(at) !== undefined);
  const standing = isThere ? at : tree?.headId;
  useEffect(() => {
    if (!tree || standing === undefined) return;
    const wasLeaf = before.current?.nodes.get(standing)?.children.length === 0;
    before.current = tree;
    // What is being written here answers what is shown here, and becomes a branch beside what another tab has sent.
    const next = wasLeaf && !hasDraft(sessionId) ? followed(tree, standing) : standing;
    // Whoever has left for another chat in the meantime is not brought back.
    if (next !== at && addressNow().sessionId === sessionId) go(hrefOf(sessionId, next), 'replace');
  }, [tree, standing, at, sessionId]);
  return standing;
}
