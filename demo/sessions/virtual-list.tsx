import {
  createContext,
  useContext,
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
} from 'react';
import {
  Virtualizer,
  type CustomContainerComponentProps,
  type CustomItemComponentProps,
  type VirtualizerHandle,
} from 'virtua';

interface VirtualListProps<T> {
  label: string;
  rows: readonly T[];
  idOf: (row: T) => string;
  /** The row that the Tab key comes to at first; otherwise the first one. */
  currentId: string;
  hasMore?: boolean;
  /** Is called when the end is near. */
  loadMore?: () => void;
  onKey?: (key: string, row: T) => void;
  children: (row: T, isTabStop: boolean) => ReactElement;
}

/** How near to the end more is loaded, in px. */
const AHEAD = 1200;

const SizeContext = createContext(-1);

/** A list of links of any length, of which only what can be seen is rendered. The arrow keys go from row to row. */
export function VirtualList<T>({
  label,
  rows,
  idOf,
  currentId,
  hasMore = false,
  loadMore,
  onKey,
  children,
}: VirtualListProps<T>) {
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [visited, visit] = useState<string>();
  const hasMoved = useRef(false);
  const indexOf = (id: string | undefined) => rows.findIndex((row) => idOf(row) === id);
  const visitedIndex = indexOf(visited);
  const stop = [visitedIndex, indexOf(currentId), 0].find((index) => index >= 0)!;

  const fill = () => {
    const { scrollOffset, viewportSize, scrollSize } = list.current!;
    if (hasMore && scrollOffset + viewportSize > scrollSize - AHEAD) loadMore?.();
  };
  // Too few rows may be left of a page to scroll at all.
  useEffect(fill);

  useEffect(() => {
    if (!hasMoved.current) return;
    hasMoved.current = false;
    scroller.current!.querySelector<HTMLElement>('a[tabindex="0"]')?.focus();
  }, [visited]);

  // When the row that had the focus goes, the one in its place gets it.
  const place = useRef(-1);
  useEffect(() => {
    if (visitedIndex >= 0) place.current = visitedIndex;
    if (visited === undefined || visitedIndex >= 0 || document.activeElement !== document.body) return;
    const next = rows[Math.min(place.current, rows.length - 1)];
    hasMoved.current = next !== undefined;
    visit(next && idOf(next));
  }, [rows, visited, visitedIndex, idOf]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const last = rows.length - 1;
    const steps: Record<string, number> = { ArrowDown: stop + 1, ArrowUp: stop - 1, Home: 0, End: last };
    const step = steps[event.key];
    if (rows[stop]) onKey?.(event.key, rows[stop]);
    if (step === undefined || last < 0) return;
    event.preventDefault();
    const to = Math.min(Math.max(step, 0), last);
    if (to === stop) return;
    hasMoved.current = true;
    list.current!.scrollToIndex(to, { align: 'nearest' });
    visit(idOf(rows[to]!));
  };

  return (
    <div
      ref={scroller}
      className="session-scroller"
      onKeyDown={onKeyDown}
      onFocus={({ target }) => {
        const id = target.closest<HTMLElement>('[data-session]')?.dataset['session'];
        if (id !== undefined) visit(id);
      }}
    >
      <LabelContext value={label}>
        <SizeContext value={hasMore ? -1 : rows.length}>
          <Virtualizer
            ref={list}
            as={Container}
            item={Item}
            data={rows}
            keepMounted={rows.length > 0 ? [stop] : []}
            onScroll={fill}
          >
            {(row, index) => children(row, index === stop)}
          </Virtualizer>
        </SizeContext>
      </LabelContext>
    </div>
  );
}

const LabelContext = createContext('');

function Container(props: CustomContainerComponentProps) {
  return <ul {...props} aria-label={useContext(LabelContext)} />;
}

/** Says where in the list it is, since most of the list is not there. */
function Item({ index, ...props }: CustomItemComponentProps) {
  return <li {...props} aria-posinset={index + 1} aria-setsize={useContext(SizeContext)} />;
}
