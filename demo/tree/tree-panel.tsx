import { memo, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import type { SessionTree, SnapshotNode } from 'offshoot';
import { branchesIn } from 'offshoot/react';
import { beginningOf } from '../app/cut.js';
import { Icon } from '../app/icons.js';
import { countOf } from '../app/labels.js';
import { textOf, type TurnContent } from '../turns/content.js';
import { place, type Placed, type PlacedNode } from './layout.js';
import { isSameShape } from './same-shape.js';
import { neighbour } from './neighbour.js';
import { TreeNode } from './tree-node.js';
import { usePreviews } from './use-previews.js';
import { useSeen } from './use-seen.js';

interface TreePanelProps {
  tree: SessionTree;
  standing: string | undefined;
  onGo: (snapshotId: string) => void;
  onCompare: (snapshotId: string) => void;
}

/** All branches of the session. Arrow keys walk through them, Enter goes there. */
function TreePanel({ tree, standing, onGo, onCompare }: TreePanelProps) {
  const placed = useMemo(() => place(tree), [tree]);
  const previews = usePreviews(tree);
  const path = useMemo(() => new Set(branchesIn(tree, standing).path), [tree, standing]);
  const [pointed, setPointed] = useState<string>();
  const [focused, setFocused] = useState<string>();
  const svg = useRef<SVGSVGElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const seen = useSeen(scroller);
  const current = [focused, standing].find((id) => id !== undefined && placed.nodes.has(id)) ?? tree.roots[0];
  const shown = [pointed, current].find((id) => id !== undefined && placed.nodes.has(id));

  useEffect(() => {
    svg.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [standing, placed]);

  function onKeyDown(event: KeyboardEvent): void {
    const node = current === undefined ? undefined : placed.nodes.get(current);
    if (!node) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onGo(node.id);
      return;
    }
    const next = neighbour(event.key, node, placed.nodes, tree);
    if (!next) return;
    event.preventDefault();
    // At once, so that it is there to take the focus.
    flushSync(() => setFocused(next.id));
    svg.current?.querySelector<SVGGElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
  }

  const nodes = [...placed.nodes.values()].filter(
    ({ id, y }) => (y > seen.top && y < seen.bottom) || id === current || id === standing,
  );
  return (
    <>
      <header>
        <h2>Branches</h2>
        {standing !== undefined && tree.leaves.length > 1 && (
          <button type="button" className="quiet" onClick={() => onCompare(standing)}>
            <Icon name="compare" />
            Compare
          </button>
        )}
      </header>
      <p className="hint tree-size">
        {countOf(tree.nodes.size, 'snapshot')}, {countOf(tree.leaves.length, 'branch')}
      </p>
      <div ref={scroller} className="tree">
        <svg
          ref={svg}
          role="tree"
          aria-label="Snapshots"
          width={placed.width}
          height={placed.height}
          onKeyDown={onKeyDown}
          onMouseLeave={() => setPointed(undefined)}
        >
          <g aria-hidden="true">
            <circle className="start" cx={placed.start.x} cy={placed.start.y} r={3} />
            {nodes.map((node) => (
              <path
                key={node.id}
                className={
                  path.has(node.id) && (!node.parent || path.has(node.parent.id)) ? 'edge on-path' : 'edge'
                }
                d={edge(node, placed.start)}
              />
            ))}
          </g>
          {nodes.map((node) => (
            <TreeNode
              key={node.id}
              node={node}
              name={nameOf(node, previewOf(tree.nodes.get(node.id), previews.get(node.id)))}
              isOnPath={path.has(node.id)}
              isStanding={node.id === standing}
              isReachable={node.id === current}
              onGo={onGo}
              onPoint={setPointed}
              onFocus={setFocused}
            />
          ))}
        </svg>
      </div>
      {shown !== undefined && (
        <div className="tree-detail" aria-hidden="true">
          <p className="hint">
            Turn {placed.nodes.get(shown)!.number}
            {placed.nodes.get(shown)!.status && ` · ${placed.nodes.get(shown)!.status}`}
          </p>
          <p className="title">{textOf(previews.get(shown)?.prompt)}</p>
          <p className="hint excerpt">{beginningOf(previews.get(shown)?.answer ?? '', 300)}</p>
        </div>
      )}
    </>
  );
}

/** A turn that is being answered is saved again and again, and nothing of that is drawn. */
export default memo(
  TreePanel,
  (before, now) =>
    before.standing === now.standing &&
    before.onGo === now.onGo &&
    before.onCompare === now.onCompare &&
    isSameShape(before.tree, now.tree),
);

/** For labels: the first words of a turn. */
const previewOf = (node: SnapshotNode | undefined, turn: TurnContent | undefined): string =>
  (turn ? beginningOf(textOf(turn.prompt), 120) : node?.summary.preview) || 'Image';

function nameOf({ id, number, siblings, status }: PlacedNode, preview: string): string {
  const place = siblings.length > 1 ? `, ${siblings.indexOf(id) + 1} of ${siblings.length}` : '';
  return `Turn ${number}${place}${status ? `, ${status}` : ''}: ${preview}`;
}

function edge({ x, y, parent }: PlacedNode, start: Placed['start']): string {
  const from = parent ?? start;
  const middle = (from.y + y) / 2;
  return `M${from.x} ${from.y}C${from.x} ${middle} ${x} ${middle} ${x} ${y}`;
}
