import { useEffect, useRef } from 'react';
import type { SessionTree } from 'offshoot';
import { branchesIn } from 'offshoot/react';
import { addressNow, go, hrefOf } from '../app/address.js';
import { useAnswers, useIsOwn } from './answers.js';
import { hasDraft } from './drafts.js';

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
  const answers = useAnswers();
  const isOwn = useIsOwn(at);
  const before = useRef<SessionTree>(undefined);
  // What this tab has just begun comes into the tree soon.
  const isThere = at !== undefined && (isOwn || tree?.nodes.has(at));
  const standing = isThere ? at : tree?.headId;
  useEffect(() => {
    // What is being sent from here will say itself where it is.
    if (!tree || standing === undefined || answers.isBeginning) return;
    const wasLeaf = before.current?.nodes.get(standing)?.children.length === 0;
    before.current = tree;
    // What is being written here answers what is shown here, and becomes a branch beside what another tab has sent.
    const next = wasLeaf && !hasDraft(sessionId) ? branchesIn(tree, standing).newestLeaf : standing;
    // Whoever has left for another chat in the meantime is not brought back.
    if (next !== at && addressNow().sessionId === sessionId) go(hrefOf(sessionId, next), 'replace');
  }, [tree, standing, at, sessionId, answers]);
  return standing;
}
