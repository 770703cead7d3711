import { find, make, onPress, setDisabled, setText } from '../dom.js';
import { icon, iconButton } from './icons.js';
import { listView, type ItemView } from './list.js';

export interface ConversationActions {
  regenerate(snapshotId: string): void;
  /** Shows the branch of this sibling. */
  switchTo(snapshotId: string): void;
}

export interface TurnItem {
  snapshotId: string;
  /** Counted from the root. Siblings take each other's place, and the focus stays on the button between them. */
  depth: number;
  prompt: string;
  answer: string;
  /** The answer is still being written. */
  live: boolean;
  stopped: boolean;
  /** The snapshots that continue the same parent, this one included. */
  siblings: readonly string[];
  index: number;
}

/** The turns of the branch that is shown. `locked` while one of them is being written. */
export function conversationView(actions: ConversationActions) {
  const scroller = find('scroller');
  let locked = false;
  const showItems = listView<TurnItem>(
    find('conversation'),
    ({ depth }) => String(depth),
    () => turnView(actions, () => locked),
  );
  return {
    show(turns: readonly TurnItem[]) {
      locked = turns.some(({ live }) => live);
      const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
      showItems(turns);
      if (atEnd) this.scrollToEnd();
    },
    scrollToEnd() {
      scroller.scrollTop = scroller.scrollHeight;
    },
  };
}

function turnView(actions: ConversationActions, isLocked: () => boolean): ItemView<TurnItem> {
  const prompt = make('p', { class: 'text' });
  const answer = make('p', { class: 'text', 'aria-atomic': 'true' });
  const stopped = make('span', { class: 'hint' }, 'Stopped');
  const regenerate = make('button', { type: 'button', class: 'quiet' }, icon('again'), 'Regenerate');
  const previous = iconButton('back', 'Previous branch');
  const next = iconButton('forward', 'Next branch');
  const position = make('span');
  const fork = make('span', { class: 'fork', role: 'group' }, previous, position, next);
  const tools = make('div', { class: 'tools' }, fork, regenerate, stopped);
  let shown: TurnItem | undefined;
  const go = (step: number) => {
    const sibling = shown?.siblings[shown.index + step];
    if (sibling !== undefined) actions.switchTo(sibling);
  };
  onPress(regenerate, () => shown && actions.regenerate(shown.snapshotId));
  onPress(previous, () => go(-1));
  onPress(next, () => go(1));
  return {
    element: make(
      'li',
      { class: 'turn' },
      make('div', { class: 'prompt' }, make('h3', { class: 'visually-hidden' }, 'You'), prompt),
      make('div', { class: 'answer' }, make('h3', { class: 'visually-hidden' }, 'Model'), answer),
      tools,
    ),
    show(turn) {
      const { live, siblings, index } = turn;
      // An answer that is written here is announced when it is complete; one that was there before is not.
      if (live) answer.setAttribute('aria-live', 'polite');
      else if (shown?.snapshotId !== turn.snapshotId) answer.setAttribute('aria-live', 'off');
      shown = turn;
      setText(prompt, turn.prompt);
      setText(answer, turn.answer);
      answer.setAttribute('aria-busy', String(live));
      tools.hidden = live;
      stopped.hidden = !turn.stopped;
      fork.hidden = siblings.length < 2;
      fork.setAttribute('aria-label', `Branch ${index + 1} of ${siblings.length}`);
      setText(position, `${index + 1} / ${siblings.length}`);
      setDisabled(regenerate, isLocked());
      setDisabled(previous, isLocked() || index === 0);
      setDisabled(next, isLocked() || index === siblings.length - 1);
    },
  };
}
