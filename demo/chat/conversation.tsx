import { useCallback, useEffect, useLayoutEffect, useRef, type Ref } from 'react';
import { Virtualizer, type CustomItemComponentProps } from 'virtua';
import { useAnswers } from '../turns/answers.js';
import type { TurnActions } from '../turns/use-actions.js';
import type { ShownTurn } from '../turns/use-turns.js';
import { TurnView } from './turn-view.js';

/** How near to the end counts as being there, in px. */
const NEAR = 80;

/** Of more turns, only those that can be seen are there; of fewer, all can be found with the browser's own search. */
const MOST_AT_ONCE = 50;

interface ConversationProps {
  sessionId: string;
  turns: readonly ShownTurn[];
  actions: TurnActions;
  onCompare: (snapshotId: string) => void;
}

/** The turns of a branch; of a long one only those that can be seen. Stays at the end while it grows there. */
export function Conversation({ sessionId, turns, actions, onCompare }: ConversationProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const seen = useRef({ height: 0, top: 0 });
  const answers = useAnswers();
  const toEnd = useCallback(() => {
    if (isAtEnd.current && scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, []);

  const lastId = turns.at(-1)?.snapshotId;
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [lastId]);
  useLayoutEffect(toEnd, [turns, toEnd]);
  useEffect(() => {
    let frame = 0;
    const end = answers.subscribe(() => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(toEnd);
    });
    // Images and code that is rendered later make turns higher.
    const resized = new ResizeObserver(toEnd);
    resized.observe(scroller.current!.firstElementChild!);
    return () => {
      end();
      cancelAnimationFrame(frame);
      resized.disconnect();
    };
  }, [answers, toEnd]);

  const isVirtual = turns.length > MOST_AT_ONCE;
  const view = (turn: ShownTurn) => (
    // The next branch's turn at the same place takes the place of this one, and the focus stays.
    <TurnView key={turn.number} sessionId={sessionId} turn={turn} actions={actions} onCompare={onCompare} />
  );
  return (
    <div
      ref={scroller}
      className="scroller"
      // What can be scrolled must be reached without a mouse.
      tabIndex={-1}
      // Said before anything moves: an answer that grows with every frame would undo each frame's way up.
      onWheel={({ deltaY, currentTarget }) => {
        if (deltaY < 0 && currentTarget.scrollTop > 0) isAtEnd.current = false;
      }}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const { height, top } = seen.current;
        // Virtualised turns are measured when they are first seen, which moves everything.
        const isUntouched = isVirtual ? scrollHeight === height : scrollHeight >= height;
        if (isUntouched && scrollTop < top) isAtEnd.current = false;
        else if (scrollHeight - scrollTop - clientHeight < NEAR) isAtEnd.current = true;
        seen.current = { height: scrollHeight, top: scrollTop };
      }}
    >
      <div className="column" role="list" aria-label="Conversation">
        {isVirtual ? (
          <Virtualizer scrollRef={scroller} itemSize={180} data={turns} item={Item}>
            {view}
          </Virtualizer>
        ) : (
          turns.map((turn) => <Item key={turn.number}>{view(turn)}</Item>)
        )}
      </div>
    </div>
  );
}

type ItemProps = Partial<CustomItemComponentProps> & { ref?: Ref<HTMLDivElement> };

function Item({ ref, style, children }: ItemProps) {
  return (
    <div ref={ref} style={style} role="listitem">
      {children}
    </div>
  );
}
