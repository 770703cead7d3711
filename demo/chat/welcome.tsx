import { userMessage } from '../turns/content.js';
import type { TurnActions } from '../turns/use-actions.js';

const SUGGESTIONS = ['Plan a weekend in Lisbon', 'Name my coffee shop', 'Explain recursion'];

export function Welcome({ actions }: { actions: TurnActions }) {
  return (
    <div className="scroller">
      <section className="column welcome">
        <p className="lead">Ask something. Then ask for another answer.</p>
        <p>
          Every turn is a snapshot in IndexedDB and every other answer a branch. Nothing is overwritten,
          nothing leaves this browser, and a second tab follows along.
        </p>
        <ul aria-label="Suggestions">
          {SUGGESTIONS.map((text) => (
            <li key={text}>
              <button type="button" onClick={() => void actions.send(userMessage(text, []), undefined)}>
                {text}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
