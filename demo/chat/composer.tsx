import { useEffect, useRef, useState, type FormEvent } from 'react';
import { Icon, IconButton } from '../app/icons.js';
import { toastError } from '../app/toasts.js';
import { ModelPicker } from '../models/model-picker.js';
import { userMessage } from '../turns/content.js';
import type { TurnActions } from '../turns/use-actions.js';
import { keepDraft, NO_DRAFT, readDraft } from '../turns/drafts.js';
import { imageFiles, readImage } from './images.js';

interface ComposerProps {
  /** `undefined` for a chat that nothing was said in yet. */
  sessionId: string | undefined;
  /** What a message would continue. */
  parentId: string | undefined;
  isReady: boolean;
  /** The turn at the end of the branch, while it is being answered, by whichever tab. */
  pendingId: string | undefined;
  actions: TurnActions;
}

export function Composer({ sessionId, parentId, isReady, pendingId, actions }: ComposerProps) {
  const [draft, setDraft] = useState(() => readDraft(sessionId));
  const message = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  useEffect(() => keepDraft(sessionId, draft), [sessionId, draft]);
  useEffect(() => {
    // On a touch screen that would call up the keyboard.
    if (matchMedia('(hover: hover)').matches) message.current?.focus();
  }, []);

  const isEmpty = draft.text.trim() === '' && draft.images.length === 0;
  const canSend = isReady && pendingId === undefined && !isEmpty;

  async function send(): Promise<void> {
    if (!canSend) return;
    setDraft(NO_DRAFT);
    // The chat has an id now, and its next draft another key.
    keepDraft(sessionId, NO_DRAFT);
    if (!(await actions.send(userMessage(draft.text.trim(), draft.images), parentId))) setDraft(draft);
  }

  async function attach(added: readonly File[]): Promise<void> {
    try {
      const images = await Promise.all(added.map(readImage));
      setDraft((draft) => ({ ...draft, images: [...draft.images, ...images] }));
    } catch (error) {
      toastError(error);
    }
  }

  return (
    <form
      className="composer"
      aria-label="New message"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void send();
      }}
      onDrop={(event) => {
        const images = imageFiles(event.dataTransfer.files);
        if (images.length === 0) return;
        event.preventDefault();
        event.stopPropagation();
        void attach(images);
      }}
    >
      {draft.images.length > 0 && (
        <ul className="attached" aria-label="Attached images">
          {draft.images.map(({ url }, index) => (
            <li key={url}>
              <img src={url} alt={`Attached ${index + 1}`} />
              <IconButton
                icon="close"
                label={`Remove image ${index + 1}`}
                onClick={() =>
                  setDraft({ ...draft, images: draft.images.filter((image) => image.url !== url) })
                }
              />
            </li>
          ))}
        </ul>
      )}
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <textarea
        ref={message}
        id="message"
        rows={1}
        dir="auto"
        placeholder="Write a message"
        autoComplete="off"
        value={draft.text}
        onChange={({ target }) => setDraft({ ...draft, text: target.value })}
        onPaste={(event) => {
          const images = imageFiles(event.clipboardData.files);
          if (images.length > 0) void attach(images);
        }}
        onKeyDown={(event) => {
          // Enter also ends the composition of a Chinese or Japanese word.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          void send();
        }}
      />
      <div className="composer-tools">
        <input
          ref={files}
          type="file"
          accept="image/*"
          multiple
          hidden
          onChange={({ target }) => {
            void attach(imageFiles(target.files));
            target.value = '';
          }}
        />
        <IconButton icon="image" label="Attach images" onClick={() => files.current?.click()} />
        <ModelPicker />
        {pendingId === undefined ? (
          <button type="submit" className="primary send" aria-disabled={!canSend}>
            <Icon name="send" />
            Send
          </button>
        ) : (
          <button type="button" className="send" onClick={() => actions.stop(pendingId)}>
            <Icon name="stop" />
            Stop
          </button>
        )}
      </div>
    </form>
  );
}
