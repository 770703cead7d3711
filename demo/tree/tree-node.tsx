import { memo } from 'react';
import type { PlacedNode } from './layout.js';

interface TreeNodeProps {
  node: PlacedNode;
  name: string;
  isOnPath: boolean;
  isStanding: boolean;
  /** Whether Tab leads here. */
  isReachable: boolean;
  onGo: (id: string) => void;
  onPoint: (id: string) => void;
  onFocus: (id: string) => void;
}

export const TreeNode = memo(function TreeNode(props: TreeNodeProps) {
  const { node, name, isOnPath, isStanding, isReachable, onGo, onPoint, onFocus } = props;
  const classes = ['node', node.status ?? 'completed', isOnPath && 'on-path', isStanding && 'standing'];
  return (
    <g
      role="treeitem"
      data-id={node.id}
      className={classes.filter(Boolean).join(' ')}
      aria-label={name}
      aria-level={node.number}
      aria-selected={isStanding}
      aria-current={isStanding ? 'true' : undefined}
      tabIndex={isReachable ? 0 : -1}
      transform={`translate(${node.x} ${node.y})`}
      onClick={() => onGo(node.id)}
      onMouseEnter={() => onPoint(node.id)}
      onFocus={() => onFocus(node.id)}
    >
      <circle className="target" r={14} />
      <circle className="dot" r={isStanding ? 9 : 7} />
      <title>{name}</title>
    </g>
  );
});
