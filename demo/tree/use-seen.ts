import { useEffect, useState, type RefObject } from 'react';

/** Beyond the edges, in px: nobody scrolls faster than that is drawn. */
const MARGIN = 600;
/** Scrolling by less changes nothing, in px. */
const STEP = 300;

interface Seen {
  top: number;
  bottom: number;
}

/** Which part of what is scrolled has to be drawn, in px from its top. */
export function useSeen(scroller: RefObject<HTMLElement | null>): Seen {
  const [seen, setSeen] = useState<Seen>({ top: -MARGIN, bottom: 1000 + MARGIN });
  useEffect(() => {
    const element = scroller.current!;
    const look = () => {
      const top = Math.floor(element.scrollTop / STEP) * STEP - MARGIN;
      const bottom = top + Math.ceil(element.clientHeight / STEP + 1) * STEP + 2 * MARGIN;
      setSeen((before) => (before.top === top && before.bottom === bottom ? before : { top, bottom }));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [scroller]);
  return seen;
}
