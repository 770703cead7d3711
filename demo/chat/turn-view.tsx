import { memo, useRef, useState } from 'react';
import { hrefOf } from '../app/address.js';
import { Icon, IconButton } from '../app/icons.js';
import { toast } from '../app/toasts.js';
import { useOwnText } from '../turns/answers.js';
import { isSamePrompt } from '../turns/content.js';
import type { ShownTurn } from '../turns/use-turns.js';
import type { TurnActions } from '../turns/use-actions.js';
import { Fork } from './fork.js';
import { Markdown } from './markdown.js';
import { Prompt } from './prompt.js';
import { TurnStatus } from './turn-status.js';

interface TurnViewProps {
  sessionId: string;
  turn: ShownTurn;
  actions: TurnActions;
  onCompare: (snapshotId: string) => void;
}

export const TurnView = memo(function TurnView({ sessionId, turn, actions, onCompare }: TurnViewProps) {
  const { snapshotId, content, siblings, index, node, writer } = turn;
  const live = useUnreadText(turn);
  const [isEditing, setIsEditing] = useState(false);
  const isPending = live !== undefined || node?.status === 'pending';
  const answer = live ?? content?.answer ?? '';
  const prompt = content?.prompt;
  const regenerate = () => prompt && actions.regenerate(turn);
  return (
    <article className="turn" aria-label={`Turn ${turn.number}`}>
      <Prompt
        message={prompt}
        isEditing={isEditing}
        onCancel={() => setIsEditing(false)}
        onEdit={(edited) => {
          setIsEditing(false);
          actions.edit(turn, edited);
        }}
      />
      <div className="answer" aria-busy={isPending}>
        <h2 className="visually-hidden">Model</h2>
        {answer !== '' && <Markdown text={answer} />}
        {isPending && <span className="caret" aria-hidden="true" />}
        <TurnStatus
          node={node}
          isHere={live !== undefined}
          writer={writer}
          onRetry={regenerate}
          onStop={() => actions.stop(snapshotId)}
        />
      </div>
      {!isPending && prompt && (
        <div className="tools">
          <Fork siblings={siblings} index={index} onGo={actions.goToBranch} />
          <button type="button" className="quiet" onClick={regenerate}>
            <Icon name="again" />
            Regenerate
          </button>
          <IconButton icon="pencil" label="Edit message" onClick={() => setIsEditing(true)} />
          <IconButton icon="copy" label="Copy answer" onClick={() => void copy(answer)} />
          {siblings.length > 1 && (
            <IconButton icon="compare" label="Compare branches" onClick={() => onCompare(snapshotId)} />
          )}
          <a
            className="quiet button"
            href={hrefOf(sessionId, snapshotId)}
            target="_blank"
            rel="noreferrer"
            aria-label="Continue from here in a new tab"
            title="Continue from here in a new tab"
          >
            <Icon name="open" />
          </a>
        </div>
      )}
      {isPending && siblings.length > 1 && (
        <div className="tools">
          <Fork siblings={siblings} index={index} onGo={actions.goToBranch} />
        </div>
      )}
    </article>
  );
}, isSameTurn);

/**
 * What this tab has been answered. The end of a turn is heard of before it is read back, and until then the answer
 * must not seem to be somebody else's, nor shorter than it was.
 */
function useUnreadText({ snapshotId, node, content }: ShownTurn): string | undefined {
  const live = useOwnText(snapshotId);
  const last = useRef<{ snapshotId: string; text: string }>(undefined);
  if (live !== undefined) last.current = { snapshotId, text: live };
  const own = last.current?.snapshotId === snapshotId ? last.current.text : undefined;
  if (live !== undefined || own === undefined) return live;
  const isReadBack = node?.status === 'aborted' || (content?.answer.length ?? 0) >= own.length;
  return node?.status !== 'pending' && isReadBack ? undefined : own;
}

/** Every change of the branch makes all its turns anew, and most of them are what they were. */
function isSameTurn(before: TurnViewProps, now: TurnViewProps): boolean {
  const [a, b] = [before.turn, now.turn];
  return (
    before.actions === now.actions &&
    before.sessionId === now.sessionId &&
    a.snapshotId === b.snapshotId &&
    a.number === b.number &&
    a.node === b.node &&
    a.writer === b.writer &&
    a.content?.answer === b.content?.answer &&
    isSamePrompt(a.content?.prompt, b.content?.prompt) &&
    a.index === b.index &&
    a.siblings.join() === b.siblings.join() &&
    a.parentId === b.parentId
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast({ text: 'Copied.', forMs: 2000 });
  } catch {
    toast({ text: 'The browser did not allow copying. Select the text and copy it.', kind: 'error' });
  }
}
