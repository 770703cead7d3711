import { useState } from 'react';
import type { Message } from 'offshoot';
import { beginningOf } from '../app/cut.js';
import { imagesOf, isOwnImage, textOf, userMessage } from '../turns/content.js';

interface PromptProps {
  message: Message | undefined;
  isEditing: boolean;
  onEdit: (prompt: Message) => void;
  onCancel: () => void;
}

/** What the person wrote; a form while it is being changed. */
export function Prompt({ message, isEditing, onEdit, onCancel }: PromptProps) {
  const images = imagesOf(message);
  return (
    <div className={isEditing ? 'prompt editing' : 'prompt'}>
      <h2 className="visually-hidden">You</h2>
      {images.map((image, index) =>
        isOwnImage(image) ? (
          <img key={image.url} src={image.url} alt={`Attachment ${index + 1}`} />
        ) : (
          // To show it would tell the place where it is who reads this, and when.
          <p key={image.url} className="hint">
            An image that is not in this chat: <bdi>{beginningOf(image.url, 200)}</bdi>
          </p>
        ),
      )}
      {isEditing ? (
        <Editor
          text={textOf(message)}
          onSave={(text) => onEdit(userMessage(text, images))}
          onCancel={onCancel}
        />
      ) : (
        <p className="text" dir="auto">
          {textOf(message)}
        </p>
      )}
    </div>
  );
}

interface EditorProps {
  text: string;
  onSave: (text: string) => void;
  onCancel: () => void;
}

function Editor({ text: before, onSave, onCancel }: EditorProps) {
  const [text, setText] = useState(before);
  const save = () => {
    if (text.trim() !== '') onSave(text.trim());
  };
  return (
    <form
      aria-label="Edit message"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <textarea
        ref={(element) => element?.focus()}
        aria-label="Edited message"
        dir="auto"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel();
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          save();
        }}
      />
      <div className="buttons">
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="primary">
          Send as a new branch
        </button>
      </div>
    </form>
  );
}
