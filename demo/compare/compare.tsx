import { useState } from 'react';
import type { SessionTree } from 'offshoot';
import { useSessionStore, useSnapshot } from 'offshoot/react';
import { Dialog } from '../app/dialog.js';
import { Markdown } from '../chat/markdown.js';
import { newestLeafBelow, pathTo, siblingsOf } from '../turns/branch.js';
import { textOf, turnsOf } from '../turns/content.js';

interface CompareProps {
  tree: SessionTree;
  /** One of the branches that are compared goes through this one. */
  snapshotId: string;
  onClose: () => void;
}

/** Two branches side by side, from where they part. */
export default function Compare({ tree, snapshotId, onClose }: CompareProps) {
  const [left, setLeft] = useState(() => newestLeafBelow(tree, snapshotId));
  const [right, setRight] = useState(() => otherBranch(tree, snapshotId, left));
  const shared = sharedLength(pathTo(tree, left), pathTo(tree, right));
  return (
    <Dialog title="Compare branches" className="wide" onClose={onClose}>
      <p className="hint">
        {shared === 0
          ? 'These branches share nothing.'
          : `The first ${shared === 1 ? 'turn is' : `${shared} turns are`} the same.`}
      </p>
      <div className="compare">
        <Column label="Left branch" tree={tree} leaf={left} from={shared} onChoose={setLeft} />
        <Column label="Right branch" tree={tree} leaf={right} from={shared} onChoose={setRight} />
      </div>
    </Dialog>
  );
}

interface ColumnProps {
  label: string;
  tree: SessionTree;
  leaf: string;
  /** How many turns are not shown, because both branches have them. */
  from: number;
  onChoose: (leaf: string) => void;
}

function Column({ label, tree, leaf, from, onChoose }: ColumnProps) {
  const { data, error } = useSnapshot(useSessionStore(), { snapshotId: leaf });
  const turns = data ? turnsOf(data).slice(from) : [];
  return (
    <section aria-label={label}>
      <label>
        {label}
        <select value={leaf} onChange={({ target }) => onChoose(target.value)}>
          {[...tree.leaves].reverse().map((id, index) => (
            <option key={id} value={id}>
              Branch {index + 1}, {pathTo(tree, id).length} turns
            </option>
          ))}
        </select>
      </label>
      {error && <p className="failure">{error.message}</p>}
      {turns.length === 0 && data && <p className="hint">Nothing more.</p>}
      <ol>
        {turns.map(({ prompt, answer }, index) => (
          // Turns have no other name, and never move.
          <li key={from + index}>
            <p className="text compared-prompt" dir="auto">
              {textOf(prompt)}
            </p>
            <Markdown text={answer} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function sharedLength(a: readonly string[], b: readonly string[]): number {
  const parted = a.findIndex((id, index) => id !== b[index]);
  return parted < 0 ? a.length : parted;
}

/** The branch that parts last from the one through this snapshot. */
function otherBranch(tree: SessionTree, snapshotId: string, leaf: string): string {
  for (const id of pathTo(tree, snapshotId).reverse()) {
    const other = siblingsOf(tree, id).find((sibling) => sibling !== id);
    if (other !== undefined) return newestLeafBelow(tree, other);
  }
  return tree.leaves.find((id) => id !== leaf) ?? leaf;
}
