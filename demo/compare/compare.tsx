import { useState } from 'react';
import type { SessionTree } from 'offshoot';
import { branchesIn, useSessionStore, useSnapshot } from 'offshoot/react';
import { Dialog } from '../app/dialog.js';
import { countOf } from '../app/labels.js';
import { Markdown } from '../chat/markdown.js';
import { textOf, turnsOf } from '../turns/content.js';

interface CompareProps {
  tree: SessionTree;
  /** One of the branches that are compared goes through this one. */
  snapshotId: string;
  onClose: () => void;
}

/** Two branches side by side, from where they part. */
export default function Compare({ tree, snapshotId, onClose }: CompareProps) {
  const [left, setLeft] = useState(() => branchesIn(tree, snapshotId).newestLeaf);
  const [right, setRight] = useState(() => otherBranch(tree, snapshotId, left));
  const shared = sharedMessages(tree, left, right);
  const { data } = useSnapshot(useSessionStore(), { snapshotId: left });
  const same = turnsOf(data).filter(({ last }) => last < shared).length;
  return (
    <Dialog title="Compare branches" className="wide" onClose={onClose}>
      <p className="hint">
        {same === 0
          ? 'These branches share nothing.'
          : `The first ${same === 1 ? 'turn is' : `${same} turns are`} the same.`}
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
  /** How many messages are not shown, because both branches have them. */
  from: number;
  onChoose: (leaf: string) => void;
}

function Column({ label, tree, leaf, from, onChoose }: ColumnProps) {
  const { data, error } = useSnapshot(useSessionStore(), { snapshotId: leaf });
  const turns = data ? turnsOf(data).filter(({ last }) => last >= from) : [];
  return (
    <section aria-label={label}>
      <label>
        {label}
        <select value={leaf} onChange={({ target }) => onChoose(target.value)}>
          {[...tree.leaves].reverse().map((id, index) => (
            <option key={id} value={id}>
              Branch {index + 1}, {countOf(tree.nodes.get(id)?.summary.messages ?? 0, 'message')}
            </option>
          ))}
        </select>
      </label>
      {error && <p className="failure">{error.message}</p>}
      {turns.length === 0 && data && <p className="hint">Nothing more.</p>}
      <ol>
        {turns.map(({ prompt, answer, first }) => (
          // Turns have no other name, and never move.
          <li key={first}>
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

function sharedMessages(tree: SessionTree, left: string, right: string): number {
  const [a, b] = [left, right].map((id) => branchesIn(tree, id).messages);
  const parted = a!.findIndex(({ snapshotId }, index) => snapshotId !== b![index]?.snapshotId);
  return parted < 0 ? a!.length : parted;
}

/** The branch that parts last from the one through this snapshot. */
function otherBranch(tree: SessionTree, snapshotId: string, leaf: string): string {
  const fork = branchesIn(tree, snapshotId).messages.findLast(({ siblings }) => siblings.length > 1);
  const other = fork?.siblings.find((id) => id !== fork.snapshotId);
  return other === undefined
    ? (tree.leaves.find((id) => id !== leaf) ?? leaf)
    : branchesIn(tree, other).newestLeaf;
}
