import type { OpenSession } from '../open-session.js';
import { find, make, makeSvg, onPress, setDisabled, setText } from '../dom.js';
import { countOf } from '../labels.js';
import { forkAt, pathTo } from '../paths.js';
import { listView, type ItemView } from './list.js';
import { layOut, type Row } from './tree-layout.js';

const ROW = 48;
const LANE = 16;
/** Room for the empty conversation, from which all first turns come. */
const START = 16;

interface NodeItem extends Row {
  prompt: string;
  answer: string;
  name: string;
  onPath: boolean;
  head: boolean;
  locked: boolean;
}

/** All branches of the session: lines and dots on the left, a button for each snapshot on the right. */
export function treeView(select: (snapshotId: string) => void) {
  const list = make('ol', { 'aria-label': 'Snapshots' });
  const lines = makeSvg('svg', { 'aria-hidden': 'true' });
  const container = find('tree');
  container.append(lines, list);
  const showItems = listView<NodeItem>(
    list,
    ({ id }) => id,
    () => nodeView(select),
  );
  return {
    show({ tree, turns }: OpenSession, locked: boolean) {
      const { nodes, leaves, headId } = tree;
      const path = new Set(pathTo(tree, headId));
      const rows = layOut(tree);
      const items = rows.map((row) => ({
        ...row,
        prompt: turns.get(row.id)?.prompt ?? '',
        answer: turns.get(row.id)?.answer ?? '',
        name: nameOf(row, forkAt(tree, row.id)),
        onPath: path.has(row.id),
        head: row.id === headId,
        locked,
      }));
      const width = LANE * (Math.max(0, ...rows.map(({ lane }) => lane)) + 1);
      container.style.setProperty('--lanes', `${width}px`);
      draw(lines, items, width);
      showItems(items);
      const size = `${countOf(nodes.size, 'snapshot')}, ${countOf(leaves.length, 'branch')}`;
      setText(find('tree-size'), nodes.size === 0 ? 'None yet' : size);
    },
  };
}

function nameOf({ turn }: Row, { siblings, index }: { siblings: readonly string[]; index: number }): string {
  return siblings.length > 1 ? `Turn ${turn}, ${index + 1} of ${siblings.length}` : `Turn ${turn}`;
}

function nodeView(select: (snapshotId: string) => void): ItemView<NodeItem> {
  const name = make('span', { class: 'visually-hidden' });
  const prompt = make('span', { class: 'title' });
  const answer = make('span', { class: 'hint' });
  const button = make('button', { type: 'button' }, name, prompt, answer);
  let shown: NodeItem;
  onPress(button, () => select(shown.id));
  return {
    element: make('li', {}, button),
    show(node) {
      shown = node;
      setText(name, `${node.name}: `);
      setText(prompt, node.prompt);
      setText(answer, node.answer);
      button.classList.toggle('on-path', node.onPath);
      if (node.head) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
      setDisabled(button, node.locked);
    },
  };
}

function draw(svg: SVGSVGElement, nodes: readonly NodeItem[], width: number): void {
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(START + nodes.length * ROW));
  // What is on the path goes on top.
  const ordered = [...nodes].sort((a, b) => Number(a.onPath) - Number(b.onPath));
  const edges = ordered.map((node) => makeSvg('path', { d: edge(node), class: classOf(node) }));
  const dots = ordered.map((node) =>
    makeSvg('circle', { cx: x(node), cy: y(node), r: node.head ? 5.5 : 4, class: classOf(node) }),
  );
  const start = makeSvg('circle', { cx: LANE / 2, cy: START / 2, r: 1.5, class: 'on-path' });
  svg.replaceChildren(...edges, ...(nodes.length > 0 ? [start] : []), ...dots);
}

const x = ({ lane }: Row) => lane * LANE + LANE / 2;
const y = ({ row }: Row) => START + row * ROW + ROW / 2;
const classOf = ({ onPath, head }: NodeItem) => `${onPath ? 'on-path' : ''} ${head ? 'head' : ''}`;

/** Down from the parent, in the node's own lane. */
function edge(node: Row): string {
  const [x1, y1] = node.parent ? [x(node.parent), y(node.parent)] : [LANE / 2, START / 2];
  const [x2, y2] = [x(node), y(node)];
  if (x1 === x2) return `M${x1} ${y1}V${y2}`;
  return `M${x1} ${y1}C${x1} ${y1 + ROW * 0.6} ${x2} ${y1 + ROW * 0.4} ${x2} ${y1 + ROW}V${y2}`;
}
